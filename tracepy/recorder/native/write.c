/* Writing: never calls code of the program, never fails visibly, never keeps an object of it.
 *
 * An event is written in one go. Nothing on the way may create an object that the collector knows
 * of (up to Python 3.11 that may start it), nor call what looks for signals, as PyObject_Repr and
 * PyObject_Str do: either would run code of the program in mid-event, and what that raises would
 * be lost. Renderings are made by the slots of exact types.
 */
#include "log.h"

#include <string.h>

Recording *active = NULL;

/* The log of the thread that asked last. Threads are told apart by numbers that never recur. */
static uint64_t current_thread = 0;
static Recording *current_recording = NULL;
static Log *current = NULL;

void
forget_current(void)
{
    current_recording = NULL;
}

/* What other threads were granted and have not used, once there is no more to grant. */
static void
reclaim(Recording *recording)
{
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(recording->logs); i++) {
        Log *log = (Log *)PyList_GET_ITEM(recording->logs, i);
        if (log->left > 1) {
            recording->events += log->left - 1;
            log->left = 1;
        }
    }
}

static void
grant(Log *log)
{
    Recording *recording = log->recording;
    log->left = 0;
    if (recording->events <= 0) {
        reclaim(recording);
    }
    if (recording->events <= 0 || recording->bytes <= 0) {
        recording->full = 1;
        if (active == recording) {
            active = NULL;
        }
        return;
    }
    log->left = recording->events < recording->interval ? recording->events : recording->interval;
    recording->events -= log->left;
}

static Log *
new_log(Recording *recording, uint64_t thread)
{
    Log *log = PyObject_New(Log, &Log_Type);
    if (log == NULL) {
        PyErr_Clear();
        recording->full = 1;
        active = NULL;
        return NULL;
    }
    log->recording = recording;
    log->thread = thread;
    log->first = log->last = log->looked = NULL;
    log->at = log->end = log->looked_at = NULL;
    log->module = 0;
    log->written = 0;
    log->cursor = NULL;
    log->cursor_place = 0;
    log->busy = log->looking = 0;
    grant(log);
    int failed = PyList_Append(recording->logs, (PyObject *)log) < 0;
    Py_DECREF(log); /* the recording's list holds it */
    if (failed) {
        PyErr_Clear();
        recording->full = 1;
        active = NULL;
        return NULL;
    }
    return log->left > 0 ? log : NULL;
}

static Log *
find_log(Recording *recording, uint64_t thread)
{
    Log *found = NULL;
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(recording->logs); i++) {
        Log *log = (Log *)PyList_GET_ITEM(recording->logs, i);
        if (log->thread == thread) {
            found = log;
            break;
        }
    }
    if (found == NULL && (thread == recording->owner || thread > recording->youngest)) {
        found = new_log(recording, thread);
    }
    current_thread = thread;
    current_recording = recording;
    current = found;
    return found;
}

Log *
current_log(void)
{
    Recording *recording = active;
    if (recording == NULL) {
        return NULL;
    }
    PyThreadState *state = PyThreadState_Get();
    uint64_t thread = state->id;
    if (state->interp != recording->interpreter) { /* whose threads are numbered anew */
        return NULL;
    }
    if (thread == current_thread && recording == current_recording) {
        return current;
    }
    return find_log(recording, thread);
}

/* Loops that have had their share */

static size_t
shut_slot(const Recording *recording, uint64_t site)
{
    size_t mask = recording->shut_size - 1;
    size_t slot = (size_t)(site * 0x9E3779B97F4A7C15ULL >> 32) & mask;
    while (recording->shut[slot] != 0 && recording->shut[slot] != site) {
        slot = (slot + 1) & mask;
    }
    return slot;
}

int
loop_is_shut(const Recording *recording, uint64_t site)
{
    return recording->shut_used && recording->shut[shut_slot(recording, site)] == site;
}

int
shut_loop(Recording *recording, uint64_t site)
{
    if (2 * (recording->shut_used + 1) > recording->shut_size) {
        size_t size = recording->shut_size ? 2 * recording->shut_size : 16;
        uint64_t *before = recording->shut;
        uint64_t *table = PyMem_Calloc(size, sizeof *table);
        if (table == NULL) {
            PyErr_NoMemory();
            return -1;
        }
        size_t count = recording->shut_size;
        recording->shut = table;
        recording->shut_size = size;
        for (size_t i = 0; i < count; i++) {
            if (before[i]) {
                table[shut_slot(recording, before[i])] = before[i];
            }
        }
        PyMem_Free(before);
    }
    size_t slot = shut_slot(recording, site);
    recording->shut_used += recording->shut[slot] == 0;
    recording->shut[slot] = site;
    return 0;
}

/* Values */

#if PY_VERSION_HEX >= 0x030C0000
#define READY(text) 1
#else
#define READY(text) PyUnicode_IS_READY(text)
#endif

#define PUT(at, type, value)                 \
    do {                                     \
        type put_ = (type)(value);           \
        memcpy((at), &put_, sizeof put_);    \
        (at) += sizeof put_;                 \
    } while (0)

static inline size_t
slot_of(const void *pointer)
{
    return ((uintptr_t)pointer >> 4) & (CACHE - 1);
}

/* The place of a class in the recording's table; by address, for a metaclass may define a hash. */
static uint32_t
index_of_type(Recording *recording, PyTypeObject *type)
{
    Slot *slot = &recording->type_slots[slot_of(type)];
    if (slot->key == type) {
        return slot->index;
    }
    uint32_t index = 0; /* `object`, where there is no memory to say better */
    PyObject *address = PyLong_FromVoidPtr(type);
    PyObject *known = address ? PyDict_GetItemWithError(recording->type_index, address) : NULL;
    if (known != NULL) {
        index = (uint32_t)PyLong_AsUnsignedLong(known);
    }
    else if (address != NULL && !PyErr_Occurred()) {
        Py_ssize_t size = PyList_GET_SIZE(recording->types);
        PyObject *place = PyLong_FromSsize_t(size);
        if (place != NULL && PyList_Append(recording->types, (PyObject *)type) == 0 &&
            PyDict_SetItem(recording->type_index, address, place) == 0) {
            index = (uint32_t)size;
        }
        Py_XDECREF(place);
    }
    Py_XDECREF(address);
    if (index) { /* only what is in the table stays where it is */
        slot->key = type;
        slot->index = index;
    }
    PyErr_Clear();
    return index;
}

static int
append_kept(Recording *recording, PyObject *object, Py_ssize_t bytes, uint32_t *index)
{
    Py_ssize_t size = PyList_GET_SIZE(recording->kept);
    if (size >= UINT32_MAX || PyList_Append(recording->kept, object) < 0) {
        PyErr_Clear();
        return -1;
    }
    recording->bytes -= bytes + (Py_ssize_t)sizeof(PyObject *);
    *index = (uint32_t)size;
    return 0;
}

/* A text or number that is held: what is used again and again stands in the table once. */
static unsigned char *
put_kept(Recording *recording, unsigned char *at, PyObject *object, Py_ssize_t bytes)
{
    Slot *slot = &recording->kept_slots[slot_of(object)];
    if (slot->key != object) {
        uint32_t index;
        if (append_kept(recording, object, bytes, &index) < 0) {
            *at++ = TAG_NONE;
            return at;
        }
        slot->key = object;
        slot->index = index;
    }
    *at++ = TAG_KEPT;
    PUT(at, uint32_t, slot->index);
    return at;
}

/* Of a text too long to keep: its length, and a rendering of its beginning. */
static unsigned char *
put_long_text(Recording *recording, unsigned char *at, PyObject *text, Py_ssize_t length)
{
    size_t slot = ((uintptr_t)text >> 4) & 7;
    if (recording->long_texts[slot] != text) {
        int is_text = PyUnicode_CheckExact(text);
        PyObject *start = is_text ? PyUnicode_Substring(text, 0, SHOWN_TEXT)
                                  : PyBytes_FromStringAndSize(PyBytes_AS_STRING(text), SHOWN_TEXT);
        PyObject *shown = start == NULL ? NULL
                          : is_text     ? PyUnicode_Type.tp_repr(start)
                                        : PyBytes_Type.tp_repr(start);
        uint32_t index = 0;
        int failed = shown == NULL ||
                     append_kept(recording, shown, PyUnicode_GET_LENGTH(shown) + 60, &index) < 0;
        Py_XDECREF(start);
        Py_XDECREF(shown);
        if (failed) {
            PyErr_Clear();
            *at++ = TAG_NONE;
            return at;
        }
        Py_XSETREF(recording->long_texts[slot], Py_NewRef(text));
        recording->long_entries[slot] = index;
    }
    *at++ = TAG_LONG;
    *at++ = PyUnicode_CheckExact(text);
    PUT(at, uint32_t, recording->long_entries[slot]);
    PUT(at, uint64_t, length);
    return at;
}

/* A number, text, truth or None; NULL for anything else. */
static inline unsigned char *
put_atom(Recording *recording, unsigned char *at, PyObject *value, PyTypeObject *type, int item)
{
    if (type == &PyLong_Type) {
        int64_t number;
        if (!as_int64(value, &number)) {
            if (item) {
                return NULL;
            }
            if (DIGIT_COUNT(value) > 7) {
                *at++ = TAG_BIG;
                return at;
            }
            return put_kept(recording, at, value, 60);
        }
        if (number >= INT8_MIN && number <= INT8_MAX) {
            *at++ = TAG_INT1;
            *at++ = (unsigned char)(int8_t)number;
        }
        else if (number >= INT32_MIN && number <= INT32_MAX) {
            *at++ = TAG_INT4;
            PUT(at, int32_t, number);
        }
        else {
            *at++ = TAG_INT8;
            PUT(at, int64_t, number);
        }
        return at;
    }
    if (type == &PyFloat_Type) {
        *at++ = TAG_FLOAT;
        PUT(at, double, PyFloat_AS_DOUBLE(value));
        return at;
    }
    if (value == Py_None) {
        *at++ = TAG_NONE;
        return at;
    }
    if (type == &PyUnicode_Type) {
        Py_ssize_t length = PyUnicode_GET_LENGTH(value);
        if (length <= COPIED_TEXT && READY(value) &&
            PyUnicode_KIND(value) == PyUnicode_1BYTE_KIND) {
            *at++ = TAG_TEXT;
            *at++ = (unsigned char)length;
            memcpy(at, PyUnicode_1BYTE_DATA(value), (size_t)length);
            return at + length;
        }
        if (length <= (item ? ITEM_TEXT : SHOWN_TEXT)) {
            return put_kept(recording, at, value, 80 + length);
        }
        return item ? NULL : put_long_text(recording, at, value, length);
    }
    if (type == &PyBool_Type) {
        *at++ = value == Py_True ? TAG_TRUE : TAG_FALSE;
        return at;
    }
    if (type == &PyBytes_Type) {
        Py_ssize_t length = PyBytes_GET_SIZE(value);
        if (length <= COPIED_TEXT) {
            *at++ = TAG_BYTES;
            *at++ = (unsigned char)length;
            memcpy(at, PyBytes_AS_STRING(value), (size_t)length);
            return at + length;
        }
        if (length <= (item ? ITEM_TEXT : SHOWN_TEXT)) {
            return put_kept(recording, at, value, 40 + length);
        }
        return item ? NULL : put_long_text(recording, at, value, length);
    }
    if (type == &PyComplex_Type && !item) {
        return put_kept(recording, at, value, 32);
    }
    return NULL;
}

static unsigned char *
put_items(Recording *recording, unsigned char *at, PyObject *const *items, Py_ssize_t count)
{
    for (Py_ssize_t i = 0; i < count && at != NULL; i++) {
        at = put_atom(recording, at, items[i], Py_TYPE(items[i]), 1);
    }
    return at;
}

/* What is in a small container; NULL where not all of it is plain. */
static unsigned char *
put_contents(Recording *recording, unsigned char *at, PyObject *value, int kind)
{
    if (kind == KIND_LIST) {
        return put_items(recording, at, ((PyListObject *)value)->ob_item, PyList_GET_SIZE(value));
    }
    if (kind == KIND_TUPLE) {
        return put_items(recording, at, ((PyTupleObject *)value)->ob_item, PyTuple_GET_SIZE(value));
    }
    if (kind == KIND_DICT) {
        if (is_spread_out(value)) {
            return NULL;
        }
        PyObject *pair[2];
        Py_ssize_t position = 0;
        while (at != NULL && PyDict_Next(value, &position, &pair[0], &pair[1])) {
            at = put_items(recording, at, pair, 2);
        }
        return at;
    }
    PySetObject *set = (PySetObject *)value;
    if (set->mask >= SPREAD) {
        return NULL;
    }
    for (Py_ssize_t i = 0; at != NULL && i <= set->mask; i++) {
        setentry *entry = &set->table[i];
        if (entry->key != NULL && entry->hash != -1) { /* a place that was given up has -1 */
            at = put_items(recording, at, &entry->key, 1);
        }
    }
    return at;
}

static int
kind_of(PyTypeObject *type)
{
    return type == &PyList_Type     ? KIND_LIST
           : type == &PyTuple_Type  ? KIND_TUPLE
           : type == &PyDict_Type   ? KIND_DICT
           : type == &PySet_Type    ? KIND_SET
           : type == &PyFrozenSet_Type ? KIND_FROZENSET
                                    : -1;
}

static Py_ssize_t
length_of(PyObject *value, int kind)
{
    return kind == KIND_LIST    ? PyList_GET_SIZE(value)
           : kind == KIND_TUPLE ? PyTuple_GET_SIZE(value)
           : kind == KIND_DICT  ? PyDict_GET_SIZE(value)
                                : PySet_GET_SIZE(value);
}

static unsigned char *
put_container(Recording *recording, unsigned char *at, PyObject *value, int kind)
{
    unsigned char *start = at;
    Py_ssize_t length = length_of(value, kind);
    if (length <= SHOWN_ITEMS) {
        *at++ = TAG_SHOWN;
        *at++ = (unsigned char)kind;
        PUT(at, uint64_t, (uintptr_t)value);
        *at++ = (unsigned char)length;
        at = put_contents(recording, at, value, kind);
        if (at != NULL) {
            return at;
        }
        at = start;
    }
    *at++ = TAG_CONTAINER;
    *at++ = (unsigned char)kind;
    PUT(at, uint64_t, (uintptr_t)value);
    PUT(at, uint32_t, length > UINT32_MAX ? UINT32_MAX : length);
    return at;
}

static inline unsigned char *
put_value(Recording *recording, unsigned char *at, PyObject *value)
{
    PyTypeObject *type = Py_TYPE(value);
    unsigned char *after = put_atom(recording, at, value, type, 0);
    if (after != NULL) {
        return after;
    }
    int kind = kind_of(type);
    if (kind >= 0) {
        return put_container(recording, at, value, kind);
    }
    *at++ = TAG_OBJECT;
    PUT(at, uint32_t, index_of_type(recording, type));
    PUT(at, uint64_t, (uintptr_t)value);
    return at;
}

/* Events */

static int
new_chunk(Log *log, size_t need)
{
    size_t size = need > CHUNK ? need : CHUNK;
    Chunk *chunk = PyMem_Malloc(sizeof *chunk + size);
    if (chunk == NULL) {
        log->recording->full = 1;
        active = NULL;
        return -1;
    }
    chunk->next = NULL;
    chunk->size = size;
    chunk->end = NULL;
    if (log->last != NULL) {
        log->last->end = log->at;
        log->recording->bytes -= (Py_ssize_t)(sizeof *chunk + log->last->size);
        log->last->next = chunk;
    }
    else {
        log->first = chunk;
    }
    log->last = chunk;
    log->at = chunk->data;
    log->end = chunk->data + size;
    log->module = 0;
    return 0;
}

/* The portion is used up: another one is granted, and the recording has a look at what was written.
 * What is written meanwhile, by a signal's handler say, is looked at the next time. */
static int
used_up(Log *log)
{
    Recording *recording = log->recording;
    grant(log);
    if (log->looking || recording->look == NULL) { /* or it ended meanwhile */
        return 0;
    }
    PyObject *look = Py_NewRef(recording->look);
    log->looking = 1;
    Py_INCREF(recording);
    Py_INCREF(log);
    PyThreadState *state = PyThreadState_Get();
    PyThreadState_EnterTracing(state); /* tracers and profilers of the program see none of it */
    PyObject *said = PyObject_CallOneArg(look, (PyObject *)log);
    PyThreadState_LeaveTracing(state);
    int failed = said == NULL;
    if (failed && (PyErr_ExceptionMatches(PyExc_RecursionError) ||
                   PyErr_ExceptionMatches(PyExc_MemoryError))) {
        /* There is no room to look: a little later, then. */
        PyErr_Clear();
        failed = 0;
    }
    log->looking = 0;
    Py_DECREF(look);
    Py_XDECREF(said);
    Py_DECREF(log);
    Py_DECREF(recording);
    return failed ? -1 : 0;
}

/* Begins an event: where its values go, or NULL if there is no memory for them. */
static inline unsigned char *
put_head(Log *log, uint64_t site, Py_ssize_t count)
{
    size_t need = 2 * HEAD_MOST + (size_t)(count < VALUES_AHEAD ? count : VALUES_AHEAD) * VALUE_MOST;
    if (log->busy || ((size_t)(log->end - log->at) < need && new_chunk(log, need) < 0)) {
        return NULL;
    }
    log->busy = 1;
    unsigned char *at = log->at;
    if (log->recording->writing != (PyObject *)log) {
        log->recording->writing = (PyObject *)log;
        *at++ = TAG_ORDER;
        PUT(at, uint64_t, ++log->recording->changes);
        log->at = at;
    }
    uint64_t module = site >> SITE_BITS;
    if (module != log->module) {
        log->module = module;
        *at++ = TAG_MODULE;
        PUT(at, uint64_t, module);
    }
    PUT(at, uint32_t, (site & SITE_MASK) << 8 | TAG_EVENT);
    return at;
}

/* Takes an event that was begun to a new chunk, where it goes on; NULL if there is no memory. */
static unsigned char *
moved(Log *log, unsigned char *at)
{
    const unsigned char *start = log->at;
    uint64_t module = log->module;
    size_t head = *start == TAG_MODULE ? 1 + sizeof module : 0;
    size_t size = (size_t)(at - start) - head;
    if (new_chunk(log, HEAD_MOST + 2 * size + VALUES_AHEAD * VALUE_MOST) < 0) {
        return NULL;
    }
    at = log->at;
    log->module = module;
    *at++ = TAG_MODULE;
    PUT(at, uint64_t, module);
    memcpy(at, start + head, size);
    return at + size;
}

static inline int
written(Log *log, unsigned char *at)
{
    log->at = at;
    log->busy = 0;
    log->written++;
    return --log->left <= 0 ? used_up(log) : 0;
}

static inline unsigned char *
put_values(Log *log, unsigned char *at, PyObject *const *values, Py_ssize_t count)
{
    for (Py_ssize_t i = 0; i < count && at != NULL; i++) {
        if (i >= VALUES_AHEAD && (size_t)(log->end - at) < VALUE_MOST &&
            (at = moved(log, at)) == NULL) {
            break;
        }
        at = put_value(log->recording, at, values[i]);
    }
    return at;
}

int
write_event(Log *log, uint64_t site, PyObject *const *values, Py_ssize_t count)
{
    unsigned char *at = put_head(log, site, count);
    if (at == NULL) {
        return 0;
    }
    at = put_values(log, at, values, count);
    if (at == NULL) {
        log->busy = 0;
        return 0;
    }
    return written(log, at);
}

/* A call begins: its arguments, and which cells hold the variables that it shares. */
int
write_entry(Log *log, uint64_t site, PyObject *const *values, Py_ssize_t count,
            PyObject *const *cells, Py_ssize_t cell_count)
{
    unsigned char *at = put_head(log, site, VALUES_AHEAD);
    if (at != NULL) {
        at = put_values(log, at, values, count);
    }
    for (Py_ssize_t i = 0; i < cell_count && at != NULL; i++) {
        if ((size_t)(log->end - at) < VALUE_MOST && (at = moved(log, at)) == NULL) {
            break;
        }
        at = put_value(log->recording, at, cells[i]);
    }
    if (at == NULL) {
        log->busy = 0;
        return 0;
    }
    return written(log, at);
}

/* An exception's class and what it says, if that is plain; nothing of it is called. */
static PyObject *
described(PyObject *error)
{
    if (error == NULL) {
        return PyUnicode_FromString("");
    }
    PyObject *name = PyType_GetName(Py_TYPE(error));
    PyObject *arguments = ((PyBaseExceptionObject *)error)->args;
    if (name == NULL || arguments == NULL || !PyTuple_CheckExact(arguments) ||
        PyTuple_GET_SIZE(arguments) == 0) {
        return name;
    }
    PyObject *first = PyTuple_GET_ITEM(arguments, 0);
    PyObject *shown = NULL;
    if (PyUnicode_CheckExact(first)) {
        shown = Py_NewRef(first);
    }
    else if (PyFloat_CheckExact(first)) {
        shown = PyFloat_Type.tp_repr(first);
    }
    else if (PyLong_CheckExact(first) && DIGIT_COUNT(first) <= SHOWN_DIGITS) {
        shown = PyLong_Type.tp_repr(first);
    }
    if (shown == NULL) {
        PyErr_Clear();
        return name;
    }
    PyObject *start = PyUnicode_Substring(shown, 0, SHOWN_TEXT);
    PyObject *text = start ? PyUnicode_FromFormat("%U: %U", name, start) : NULL;
    Py_DECREF(name);
    Py_DECREF(shown);
    Py_XDECREF(start);
    return text;
}

static unsigned char *
put_error(Recording *recording, unsigned char *at, PyObject *error)
{
    PyObject *text = described(error);
    uint32_t index;
    if (text != NULL && append_kept(recording, text, PyUnicode_GET_LENGTH(text) + 60, &index) == 0) {
        *at++ = TAG_ERROR;
        PUT(at, uint32_t, index);
        PUT(at, uint64_t, (uintptr_t)error);
    }
    else {
        PyErr_Clear();
        *at++ = TAG_NONE;
    }
    Py_XDECREF(text);
    return at;
}

/* The line at which the frame was left that handles this exception. */
static long
line_of(PyObject *error)
{
    PyObject *traceback = error ? PyException_GetTraceback(error) : NULL;
    if (traceback == NULL) { /* `except*` may show a group without one */
        return 0;
    }
    PyObject *number = PyObject_GetAttrString(traceback, "tb_lineno");
    long line = number && PyLong_CheckExact(number) ? PyLong_AsLong(number) : 0;
    PyErr_Clear();
    Py_XDECREF(number);
    Py_DECREF(traceback);
    return line;
}

/* The exception that is being handled begins its handler, or (negative site) leaves the frame.
 * The key: site, the frame's number or None, values. */
int
write_exception(Log *log, PyObject *key)
{
    int leaves;
    uint64_t site;
    if (!PyTuple_CheckExact(key) || PyTuple_GET_SIZE(key) < 2 ||
        !as_site(PyTuple_GET_ITEM(key, 0), &leaves, &site)) {
        return 0;
    }
    PyObject *serial = PyTuple_GET_ITEM(key, 1);
    Py_ssize_t count = PyTuple_GET_SIZE(key);
    unsigned char *at = put_head(log, site, count + 2);
    if (at == NULL) {
        return 0;
    }
    Recording *recording = log->recording;
    PyObject *error = PyErr_GetHandledException();
    if (serial != Py_None) {
        at = put_value(recording, at, serial);
    }
    *at++ = TAG_INT4;
    PUT(at, int32_t, line_of(error));
    if (leaves) {
        at = put_error(recording, at, error);
    }
    for (Py_ssize_t i = 2; i < count; i++) {
        at = put_value(recording, at, PyTuple_GET_ITEM(key, i));
    }
    Py_XDECREF(error);
    return written(log, at);
}
