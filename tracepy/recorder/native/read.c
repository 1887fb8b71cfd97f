/* Reading a log back: events as `(site, [values])`. */
#include "log.h"

#include <string.h>

#define TAKE(at, type, into)                \
    do {                                    \
        type take_;                         \
        memcpy(&take_, (at), sizeof take_); \
        (at) += sizeof take_;               \
        (into) = take_;                     \
    } while (0)

static const char *const KIND_NAMES[] = {"list", "tuple", "dict", "set", "frozenset"};

static const unsigned char *
end_of(const Log *log, const Chunk *chunk)
{
    return chunk == log->last ? log->at : chunk->end;
}

static PyObject *
read_atom(const Log *log, const unsigned char **where)
{
    const unsigned char *at = *where;
    int64_t number = 0;
    double real;
    uint32_t index;
    Py_ssize_t length;
    PyObject *value = NULL;
    switch (*at++) {
    case TAG_NONE:
        value = Py_NewRef(Py_None);
        break;
    case TAG_TRUE:
        value = Py_NewRef(Py_True);
        break;
    case TAG_FALSE:
        value = Py_NewRef(Py_False);
        break;
    case TAG_INT1:
        value = PyLong_FromLong((int8_t)*at++);
        break;
    case TAG_INT4:
        TAKE(at, int32_t, number);
        value = PyLong_FromLongLong(number);
        break;
    case TAG_INT8:
        TAKE(at, int64_t, number);
        value = PyLong_FromLongLong(number);
        break;
    case TAG_BIG:
        value = Py_BuildValue("(isOO)", 0, "int", Py_None, Py_None);
        break;
    case TAG_FLOAT:
        TAKE(at, double, real);
        value = PyFloat_FromDouble(real);
        break;
    case TAG_TEXT:
        length = *at++;
        value = PyUnicode_FromKindAndData(PyUnicode_1BYTE_KIND, at, length);
        at += length;
        break;
    case TAG_BYTES:
        length = *at++;
        value = PyBytes_FromStringAndSize((const char *)at, length);
        at += length;
        break;
    case TAG_KEPT:
        TAKE(at, uint32_t, index);
        value = Py_XNewRef(PyList_GetItem(log->recording->kept, (Py_ssize_t)index));
        break;
    default:
        PyErr_SetString(PyExc_SystemError, "a log cannot be read");
    }
    *where = at;
    return value;
}

/* The container as it was, from what was in it. */
static PyObject *
rebuilt(const Log *log, const unsigned char **where, int kind, Py_ssize_t length)
{
    PyObject *made = kind == KIND_DICT ? PyDict_New() : PyList_New(0);
    for (Py_ssize_t i = 0; made != NULL && i < length; i++) {
        PyObject *item = read_atom(log, where);
        PyObject *value = NULL;
        int failed = item == NULL;
        if (!failed && kind == KIND_DICT) {
            value = read_atom(log, where);
            failed = value == NULL || PyDict_SetItem(made, item, value) < 0;
        }
        else if (!failed) {
            failed = PyList_Append(made, item) < 0;
        }
        Py_XDECREF(item);
        Py_XDECREF(value);
        if (failed) {
            Py_CLEAR(made);
        }
    }
    if (made == NULL || kind == KIND_LIST || kind == KIND_DICT) {
        return made;
    }
    PyObject *same = kind == KIND_TUPLE ? PyList_AsTuple(made)
                     : kind == KIND_SET ? PySet_New(made)
                                        : PyFrozenSet_New(made);
    Py_DECREF(made);
    return same;
}

static PyObject *
name_of_type(const Log *log, uint32_t index)
{
    PyObject *type = PyList_GetItem(log->recording->types, (Py_ssize_t)index);
    if (type == NULL || PyUnicode_Check(type)) {
        return Py_XNewRef(type);
    }
    return PyType_GetName((PyTypeObject *)type);
}

/* An atom, or `(identity, type's name, length, rendering)`. */
static PyObject *
read_value(const Log *log, const unsigned char **where)
{
    const unsigned char *at = *where;
    unsigned char tag = *at;
    uint32_t index;
    uint64_t identity;
    if (tag == TAG_OBJECT) {
        at++;
        TAKE(at, uint32_t, index);
        TAKE(at, uint64_t, identity);
        *where = at;
        PyObject *name = name_of_type(log, index);
        return name ? Py_BuildValue("(KNOO)", identity, name, Py_None, Py_None) : NULL;
    }
    if (tag == TAG_ERROR) {
        at++;
        TAKE(at, uint32_t, index);
        TAKE(at, uint64_t, identity);
        *where = at;
        PyObject *text = PyList_GetItem(log->recording->kept, (Py_ssize_t)index);
        return text ? Py_BuildValue("(KOOO)", identity, text, Py_None, Py_None) : NULL;
    }
    if (tag == TAG_LONG) {
        const char *name = at[1] ? "str" : "bytes";
        uint64_t size;
        at += 2;
        TAKE(at, uint32_t, index);
        TAKE(at, uint64_t, size);
        *where = at;
        PyObject *shown = PyList_GetItem(log->recording->kept, (Py_ssize_t)index);
        return shown ? Py_BuildValue("(isKO)", 0, name, size, shown) : NULL;
    }
    if (tag != TAG_CONTAINER && tag != TAG_SHOWN) {
        return read_atom(log, where);
    }
    at++;
    int kind = *at++;
    TAKE(at, uint64_t, identity);
    if (tag == TAG_CONTAINER) {
        TAKE(at, uint32_t, index);
        *where = at;
        return Py_BuildValue("(KsIO)", identity, KIND_NAMES[kind], index, Py_None);
    }
    Py_ssize_t length = *at++;
    *where = at;
    PyObject *made = rebuilt(log, where, kind, length);
    PyObject *shown = made ? PyObject_Repr(made) : NULL;
    Py_XDECREF(made);
    return shown ? Py_BuildValue("(KsnN)", identity, KIND_NAMES[kind], length, shown) : NULL;
}

/* The events of a chunk, a list of `(site, [values])`. */
PyObject *
read_chunk(const Log *log, const Chunk *chunk)
{
    PyObject *events = PyList_New(0);
    PyObject *values = NULL;
    const unsigned char *at = chunk->data, *end = end_of(log, chunk);
    uint64_t module = 0;
    while (events != NULL && at < end) {
        PyObject *value;
        if (*at == TAG_MODULE) {
            at++;
            TAKE(at, uint64_t, module);
            continue;
        }
        if (*at == TAG_ORDER) {
            at += 1 + sizeof(uint64_t);
            continue;
        }
        if (*at == TAG_EVENT) {
            uint32_t head;
            TAKE(at, uint32_t, head);
            uint64_t site = module << SITE_BITS | head >> 8;
            values = PyList_New(0); /* the event holds it */
            PyObject *event = values ? Py_BuildValue("(KN)", site, values) : NULL;
            if (event == NULL || PyList_Append(events, event) < 0) {
                Py_CLEAR(events);
            }
            Py_XDECREF(event);
            continue;
        }
        value = read_value(log, &at);
        if (value == NULL || PyList_Append(values, value) < 0) {
            Py_CLEAR(events);
        }
        Py_XDECREF(value);
    }
    return events;
}

/* Past a value, without making it. */
static const unsigned char *
past(const unsigned char *at)
{
    switch (*at) {
    case TAG_INT1:
        return at + 2;
    case TAG_INT4:
    case TAG_KEPT:
        return at + 5;
    case TAG_INT8:
    case TAG_FLOAT:
    case TAG_ORDER:
        return at + 9;
    case TAG_TEXT:
    case TAG_BYTES:
        return at + 2 + at[1];
    case TAG_OBJECT:
    case TAG_ERROR:
        return at + 13;
    case TAG_CONTAINER:
    case TAG_LONG:
        return at + 14;
    case TAG_SHOWN: {
        Py_ssize_t items = at[10] * (at[1] == KIND_DICT ? 2 : 1);
        at += 11;
        while (items-- > 0) {
            at = past(at);
        }
        return at;
    }
    default:
        return at + 1;
    }
}

/* Of a value what a graph is built with: of an object its identity, with CLASS_ in the bits that
 * addresses leave free; of a whole number not below 0, ~number; 0 for anything else. */
enum { CLASS_OTHER, CLASS_CHANGEABLE, CLASS_FIXED };

static PyObject *
identity_of(const unsigned char *at)
{
    int64_t number = -1;
    uint64_t identity = 0;
    switch (*at) {
    case TAG_OBJECT:
    case TAG_ERROR:
        memcpy(&identity, at + 5, sizeof identity);
        break;
    case TAG_CONTAINER:
    case TAG_SHOWN:
        memcpy(&identity, at + 2, sizeof identity);
        identity |= at[1] == KIND_TUPLE || at[1] == KIND_FROZENSET ? CLASS_FIXED : CLASS_CHANGEABLE;
        break;
    case TAG_INT1:
        number = (int8_t)at[1];
        break;
    case TAG_INT4: {
        int32_t four;
        memcpy(&four, at + 1, sizeof four);
        number = four;
        break;
    }
    case TAG_INT8:
        memcpy(&number, at + 1, sizeof number);
    }
    return number >= 0 ? PyLong_FromLongLong(~number) : PyLong_FromUnsignedLongLong(identity);
}

static int
append_new(PyObject *list, PyObject *item)
{
    int failed = item == NULL || PyList_Append(list, item) < 0;
    Py_XDECREF(item);
    return failed ? -1 : 0;
}

/* The events of a chunk without their values: a list of `(site, where its values are, identity of
 * each)`, and `(0, number)` where this log goes on after another one. */
PyObject *
scan_chunk(const Log *log, const Chunk *chunk)
{
    PyObject *events = PyList_New(0);
    const unsigned char *at = chunk->data, *end = end_of(log, chunk);
    uint64_t module = 0;
    while (events != NULL && at < end) {
        if (*at == TAG_MODULE) {
            at++;
            TAKE(at, uint64_t, module);
            continue;
        }
        if (*at == TAG_ORDER) {
            uint64_t change;
            at++;
            TAKE(at, uint64_t, change);
            if (append_new(events, Py_BuildValue("(iK)", 0, change)) < 0) {
                Py_CLEAR(events);
            }
            continue;
        }
        uint32_t head;
        TAKE(at, uint32_t, head);
        const unsigned char *values = at;
        Py_ssize_t count = 0;
        while (at < end && *at != TAG_EVENT && *at != TAG_MODULE && *at != TAG_ORDER) {
            at = past(at);
            count++;
        }
        PyObject *event = PyTuple_New(2 + count);
        if (event == NULL) {
            Py_CLEAR(events);
            break;
        }
        PyTuple_SET_ITEM(event, 0, PyLong_FromUnsignedLongLong(module << SITE_BITS | head >> 8));
        PyTuple_SET_ITEM(event, 1, PyLong_FromSize_t((size_t)(values - chunk->data)));
        at = values;
        for (Py_ssize_t i = 0; i < count; i++) {
            PyTuple_SET_ITEM(event, 2 + i, identity_of(at));
            at = past(at);
        }
        if (PyErr_Occurred()) {
            Py_DECREF(event);
            Py_CLEAR(events);
        }
        else if (append_new(events, event) < 0) {
            Py_CLEAR(events);
        }
    }
    return events;
}

/* One value of an event, by where the event's values are and its place among them. */
PyObject *
value_in(const Log *log, const Chunk *chunk, size_t start, Py_ssize_t place)
{
    const unsigned char *at = chunk->data + start, *end = end_of(log, chunk);
    while (at < end && place-- > 0) {
        at = past(at);
    }
    if (at >= end || *at == TAG_EVENT || *at == TAG_MODULE || *at == TAG_ORDER) {
        PyErr_SetString(PyExc_IndexError, "an event has no such value");
        return NULL;
    }
    return read_value(log, &at);
}

static int
add_count(PyObject *counts, const uint64_t *slot)
{
    PyObject *site = PyLong_FromUnsignedLongLong(slot[0]);
    PyObject *before = site ? PyDict_GetItemWithError(counts, site) : NULL;
    uint64_t sum = slot[1] + (before ? PyLong_AsUnsignedLongLong(before) : 0);
    PyObject *after = PyErr_Occurred() ? NULL : PyLong_FromUnsignedLongLong(sum);
    int failed = after == NULL || PyDict_SetItem(counts, site, after) < 0;
    Py_XDECREF(site);
    Py_XDECREF(after);
    return failed ? -1 : 0;
}

/* How often each site was reported since this was last asked, as a dict. */
PyObject *
count_sites(Log *log)
{
    PyObject *counts = PyDict_New();
    Chunk *chunk = log->looked ? log->looked : log->first;
    const unsigned char *at = log->looked ? log->looked_at : NULL;
    uint64_t module = 0;
    uint64_t *table = PyMem_Calloc(2 * CACHE, sizeof *table); /* site, count */
    if (counts == NULL || table == NULL) {
        goto failed;
    }
    for (; chunk != NULL; chunk = chunk->next, at = NULL) {
        const unsigned char *start = at, *end = end_of(log, chunk);
        at = chunk->data;
        while (at < end) {
            if (*at == TAG_MODULE) {
                at++;
                TAKE(at, uint64_t, module);
                continue;
            }
            if (*at != TAG_EVENT) {
                at = past(at);
                continue;
            }
            int counted = start == NULL || at >= start;
            uint32_t head;
            TAKE(at, uint32_t, head);
            if (!counted) {
                continue;
            }
            uint64_t site = module << SITE_BITS | head >> 8;
            uint64_t *slot = &table[2 * (site & (CACHE - 1))];
            if (slot[0] != site) {
                if (slot[0] && add_count(counts, slot) < 0) {
                    goto failed;
                }
                slot[0] = site;
                slot[1] = 0;
            }
            slot[1]++;
        }
    }
    for (size_t i = 0; i < CACHE; i++) {
        if (table[2 * i] && add_count(counts, &table[2 * i]) < 0) {
            goto failed;
        }
    }
    log->looked = log->last;
    log->looked_at = log->at;
    PyMem_Free(table);
    return counts;
failed:
    PyMem_Free(table);
    Py_XDECREF(counts);
    return PyErr_Occurred() ? NULL : PyErr_NoMemory();
}
