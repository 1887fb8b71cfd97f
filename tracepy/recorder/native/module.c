/* `tracepy.recorder._log`: the objects that rewritten code holds, and recordings.
 *
 *     LOG[site] = value           an event with one value
 *     LOG[-site] = (value, ...)   an event with so many
 *     LOG[site, ..., value]       an event with these values; gives the last
 *     LOG[-site, ..., value]      the same, but for the last value, which is only given
 *     LOG[log, site, ..., value]  the same, if `log` is LOG; if it is None the value is only given
 *     del LOG[site, number, ...]  a handler begins: the line that raised, and values
 *     del LOG[-site, number]      an exception leaves the frame: the line, and what it says
 *     LOG << site                 after a turn of a loop: LOG, or None where it has had its share
 *     LOG << -site                a turn without a value, and then the same
 *     +LOG                        LOG if this thread is recorded, else None
 *     -LOG                        a new number, for a frame that is left and entered again
 *     -GATE                       LOG if calls of the function are recorded, else None
 *     GATE[arguments]             a call begins: LOG, or None if this thread is not recorded
 *     GATE @ argument             the same, with a single one
 */
#include "log.h"

#include <stddef.h>

static PyObject *operators = NULL; /* LOG */
static uint64_t next_serial = 1;
static uint64_t next_frame = 1;

static PyObject *
as_log(int recorded)
{
    return Py_NewRef(recorded ? operators : Py_None);
}

/* LOG */

static int
operators_store(PyObject *Py_UNUSED(self), PyObject *key, PyObject *value)
{
    Log *log = current_log();
    if (log == NULL) {
        return 0;
    }
    if (value == NULL) {
        return write_exception(log, key);
    }
    int several;
    uint64_t site;
    if (!as_site(key, &several, &site)) {
        return 0;
    }
    if (!several) {
        return write_event(log, site, &value, 1);
    }
    if (!PyTuple_CheckExact(value)) {
        return 0;
    }
    return write_event(log, site, ((PyTupleObject *)value)->ob_item, PyTuple_GET_SIZE(value));
}

static PyObject *
operators_pass(PyObject *self, PyObject *key)
{
    if (!PyTuple_CheckExact(key) || PyTuple_GET_SIZE(key) < 2) {
        PyErr_SetString(PyExc_TypeError, "expected a site and a value");
        return NULL;
    }
    PyObject *const *items = ((PyTupleObject *)key)->ob_item;
    Py_ssize_t count = PyTuple_GET_SIZE(key);
    if (items[0] == self && count > 2) {
        items++;
        count--;
    }
    Log *log = items[0] == Py_None ? NULL : current_log();
    int without_last;
    uint64_t site;
    if (log != NULL && as_site(items[0], &without_last, &site) &&
        write_event(log, site, items + 1, count - 1 - without_last) < 0) {
        return NULL;
    }
    return Py_NewRef(items[count - 1]);
}

static PyObject *
operators_turn(PyObject *self, PyObject *key)
{
    int writes;
    uint64_t site;
    if (self != operators || !as_site(key, &writes, &site)) {
        Py_RETURN_NOTIMPLEMENTED;
    }
    Log *log = current_log();
    if (log == NULL) {
        Py_RETURN_NONE;
    }
    Recording *recording = log->recording;
    if (writes && write_event(log, site, NULL, 0) < 0) {
        return NULL;
    }
    return as_log(active == recording && !loop_is_shut(recording, site));
}

static PyObject *
operators_recorded(PyObject *Py_UNUSED(self))
{
    return as_log(current_log() != NULL);
}

static PyObject *
operators_frame(PyObject *Py_UNUSED(self))
{
    return PyLong_FromUnsignedLongLong(next_frame++);
}

static PyObject *
operators_reduce(PyObject *Py_UNUSED(self), PyObject *Py_UNUSED(unused))
{
    return PyUnicode_FromString("LOG");
}

static PyMethodDef operators_methods[] = {
    {"__reduce__", operators_reduce, METH_NOARGS, NULL},
    {NULL},
};
static PyMappingMethods operators_mapping = {
    .mp_subscript = operators_pass,
    .mp_ass_subscript = operators_store,
};
static PyNumberMethods operators_number = {
    .nb_lshift = operators_turn,
    .nb_positive = operators_recorded,
    .nb_negative = operators_frame,
};
PyTypeObject Operators_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "tracepy.recorder._log.Operators",
    .tp_basicsize = sizeof(PyObject),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_doc = "What rewritten code writes events with; there is one, LOG.",
    .tp_methods = operators_methods,
    .tp_as_mapping = &operators_mapping,
    .tp_as_number = &operators_number,
};

/* Gates */

static PyObject *gate_maker = NULL; /* what makes a gate of a number again, where it is unpickled */

static PyObject *
gate_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"number", NULL};
    unsigned long long number;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "K", names, &number)) {
        return NULL;
    }
    Gate *gate = (Gate *)type->tp_alloc(type, 0);
    if (gate != NULL) {
        gate->number = number;
        gate->shut = 0;
        gate->cells = NULL;
        gate->free = gate->asked = 0;
    }
    return (PyObject *)gate;
}

static int
gate_open(PyObject *self)
{
    return active != NULL && ((Gate *)self)->shut != active->serial;
}

static PyObject *
gate_asked(PyObject *self)
{
    return as_log(gate_open(self));
}

static PyObject *
entered(PyObject *gate, PyObject *const *arguments, Py_ssize_t count)
{
    Log *log = current_log();
    if (log == NULL) {
        return as_log(0);
    }
    Gate *mine = (Gate *)gate;
    PyObject *cells[CELLS];
    if (!mine->asked) {
        mine->cells = cell_names(&mine->free);
        mine->asked = 1;
    }
    Py_ssize_t shared = mine->cells ? cells_of_frame(cells, CELLS) : 0;
    int failed = shared ? write_entry(log, mine->number, arguments, count, cells, shared)
                        : write_event(log, mine->number, arguments, count);
    return failed < 0 ? NULL : as_log(1);
}

static PyObject *
gate_enter(PyObject *self, PyObject *arguments)
{
    if (!PyTuple_CheckExact(arguments)) {
        PyErr_SetString(PyExc_TypeError, "expected a tuple of arguments");
        return NULL;
    }
    return entered(self, ((PyTupleObject *)arguments)->ob_item, PyTuple_GET_SIZE(arguments));
}

static PyObject *
gate_enter_with_one(PyObject *self, PyObject *argument)
{
    if (!Py_IS_TYPE(self, &Gate_Type)) {
        Py_RETURN_NOTIMPLEMENTED;
    }
    return entered(self, &argument, 1);
}

static PyObject *
gate_shut(PyObject *self, PyObject *recording)
{
    if (!Py_IS_TYPE(recording, &Recording_Type)) {
        PyErr_SetString(PyExc_TypeError, "expected a recording");
        return NULL;
    }
    ((Gate *)self)->shut = ((Recording *)recording)->serial;
    Py_RETURN_NONE;
}

static PyObject *
gate_reduce(PyObject *self, PyObject *Py_UNUSED(unused))
{
    PyObject *maker = gate_maker ? gate_maker : (PyObject *)&Gate_Type;
    return Py_BuildValue("(O(K))", maker, ((Gate *)self)->number);
}

static void
gate_dealloc(PyObject *self)
{
    Py_XDECREF(((Gate *)self)->cells);
    Py_TYPE(self)->tp_free(self);
}

static PyObject *
gate_cells(PyObject *self, void *Py_UNUSED(closure))
{
    PyObject *cells = ((Gate *)self)->cells;
    return cells ? Py_NewRef(cells) : PyTuple_New(0);
}

static PyObject *
gate_free(PyObject *self, void *Py_UNUSED(closure))
{
    return PyLong_FromLong(((Gate *)self)->free);
}

static PyGetSetDef gate_attributes[] = {
    {"free", gate_free, NULL, "How many of `cells`, the last ones, are other functions'.", NULL},
    {"cells", gate_cells, NULL,
     "Names of variables shared with other functions, as a call's event has them after the arguments.",
     NULL},
    {NULL},
};
static PyMethodDef gate_methods[] = {
    {"shut", gate_shut, METH_O, "The function has had its share of a recording."},
    {"__reduce__", gate_reduce, METH_NOARGS, NULL},
    {NULL},
};
static PyMappingMethods gate_mapping = {.mp_subscript = gate_enter};
static PyNumberMethods gate_number = {
    .nb_bool = gate_open,
    .nb_negative = gate_asked,
    .nb_matrix_multiply = gate_enter_with_one,
};
PyTypeObject Gate_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "tracepy.recorder._log.Gate",
    .tp_basicsize = sizeof(Gate),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_doc = "Gate(number): whether a function's calls are recorded.",
    .tp_new = gate_new,
    .tp_dealloc = gate_dealloc,
    .tp_getset = gate_attributes,
    .tp_methods = gate_methods,
    .tp_as_mapping = &gate_mapping,
    .tp_as_number = &gate_number,
};

/* Logs */

static void
log_dealloc(PyObject *self)
{
    Chunk *chunk = ((Log *)self)->first;
    while (chunk != NULL) {
        Chunk *next = chunk->next;
        PyMem_Free(chunk);
        chunk = next;
    }
    PyObject_Free(self);
}

static PyObject *
log_counts(PyObject *self, PyObject *Py_UNUSED(unused))
{
    return count_sites((Log *)self);
}

static PyMethodDef log_methods[] = {
    {"counts", log_counts, METH_NOARGS,
     "How often each site was reported since this was last asked, by its number."},
    {NULL},
};
PyTypeObject Log_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "tracepy.recorder._log.Log",
    .tp_basicsize = sizeof(Log),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_doc = "What one thread wrote.",
    .tp_dealloc = log_dealloc,
    .tp_methods = log_methods,
};

/* Recordings */

static PyObject *
recording_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"events", "bytes", "interval", "look", NULL};
    Py_ssize_t events, bytes, interval;
    PyObject *look;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "nnnO", names, &events, &bytes, &interval,
                                     &look)) {
        return NULL;
    }
    Recording *recording = (Recording *)type->tp_alloc(type, 0);
    if (recording == NULL) {
        return NULL;
    }
    recording->events = events;
    recording->bytes = bytes;
    recording->interval = interval > 0 ? interval : 1;
    recording->serial = next_serial++;
    recording->look = Py_NewRef(look);
    recording->logs = PyList_New(0);
    recording->kept = PyList_New(0);
    recording->types = PyList_New(0);
    recording->type_index = PyDict_New();
    if (!recording->logs || !recording->kept || !recording->types || !recording->type_index ||
        PyList_Append(recording->types, (PyObject *)&PyBaseObject_Type) < 0) {
        Py_DECREF(recording);
        return NULL;
    }
    return (PyObject *)recording;
}

static int
recording_clear(PyObject *self)
{
    Recording *recording = (Recording *)self;
    Py_CLEAR(recording->look);
    return 0;
}

static int
recording_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((Recording *)self)->look);
    Py_VISIT(((Recording *)self)->types);
    return 0;
}

static void
recording_dealloc(PyObject *self)
{
    Recording *recording = (Recording *)self;
    PyObject_GC_UnTrack(self);
    if (active == recording) {
        active = NULL;
    }
    forget_current();
    Py_XDECREF(recording->look);
    Py_XDECREF(recording->logs);
    Py_XDECREF(recording->kept);
    Py_XDECREF(recording->types);
    Py_XDECREF(recording->type_index);
    for (size_t i = 0; i < 8; i++) {
        Py_XDECREF(recording->long_texts[i]);
    }
    PyMem_Free(recording->shut);
    Py_TYPE(self)->tp_free(self);
}

static PyObject *
recording_begin(PyObject *self, PyObject *Py_UNUSED(unused))
{
    Recording *recording = (Recording *)self;
    PyThreadState *mine = PyThreadState_Get();
    recording->owner = mine->id;
    recording->interpreter = mine->interp;
    PyThreadState *each = PyInterpreterState_ThreadHead(PyThreadState_GetInterpreter(mine));
    for (; each != NULL; each = PyThreadState_Next(each)) {
        if (each->id > recording->youngest) {
            recording->youngest = each->id;
        }
    }
    active = recording;
    Py_RETURN_NONE;
}

static PyObject *
recording_resume(PyObject *self, PyObject *Py_UNUSED(unused))
{
    Recording *recording = (Recording *)self;
    active = recording->full || recording->over ? NULL : recording;
    Py_RETURN_NONE;
}

/* Classes were kept so that their addresses stay theirs; now their names will do. */
static int
name_types(Recording *recording)
{
    Py_ssize_t count = PyList_GET_SIZE(recording->types);
    PyObject *names = PyList_New(count);
    for (Py_ssize_t i = 0; names != NULL && i < count; i++) {
        PyObject *type = PyList_GET_ITEM(recording->types, i);
        PyObject *name =
            PyUnicode_Check(type) ? Py_NewRef(type) : PyType_GetName((PyTypeObject *)type);
        if (name == NULL) {
            Py_CLEAR(names);
            break;
        }
        PyList_SET_ITEM(names, i, name);
    }
    if (names == NULL) {
        return -1;
    }
    Py_SETREF(recording->types, names);
    return 0;
}

static PyObject *
recording_end(PyObject *self, PyObject *Py_UNUSED(unused))
{
    Recording *recording = (Recording *)self;
    recording->over = 1;
    if (active == recording) {
        active = NULL;
    }
    for (size_t i = 0; i < 8; i++) {
        Py_CLEAR(recording->long_texts[i]);
    }
    Py_CLEAR(recording->look);
    if (name_types(recording) < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *
recording_shut_loop(PyObject *self, PyObject *site)
{
    unsigned long long number = PyLong_AsUnsignedLongLong(site);
    if (PyErr_Occurred() || shut_loop((Recording *)self, number) < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *
recording_pieces(PyObject *self, PyObject *Py_UNUSED(unused))
{
    PyObject *pieces = PyList_New(0);
    PyObject *logs = ((Recording *)self)->logs;
    for (Py_ssize_t i = 0; pieces != NULL && i < PyList_GET_SIZE(logs); i++) {
        Py_ssize_t count = 0;
        for (Chunk *chunk = ((Log *)PyList_GET_ITEM(logs, i))->first; chunk; chunk = chunk->next) {
            count++;
        }
        PyObject *number = PyLong_FromSsize_t(count);
        if (number == NULL || PyList_Append(pieces, number) < 0) {
            Py_CLEAR(pieces);
        }
        Py_XDECREF(number);
    }
    return pieces;
}

static Chunk *
chunk_of(PyObject *self, Py_ssize_t place, Py_ssize_t piece, Log **whose)
{
    Log *log = *whose = (Log *)PyList_GetItem(((Recording *)self)->logs, place);
    if (log == NULL) {
        return NULL;
    }
    Chunk *chunk = log->first;
    Py_ssize_t at = 0;
    if (log->cursor != NULL && log->cursor_place <= piece) {
        chunk = log->cursor;
        at = log->cursor_place;
    }
    while (chunk != NULL && at < piece) {
        chunk = chunk->next;
        at++;
    }
    log->cursor = chunk;
    log->cursor_place = at;
    if (chunk == NULL) {
        PyErr_SetString(PyExc_IndexError, "there is no such piece of a log");
    }
    return chunk;
}

static PyObject *
recording_read(PyObject *self, PyObject *args)
{
    Py_ssize_t place, piece;
    Log *log;
    if (!PyArg_ParseTuple(args, "nn", &place, &piece)) {
        return NULL;
    }
    Chunk *chunk = chunk_of(self, place, piece, &log);
    return chunk ? read_chunk(log, chunk) : NULL;
}

static PyObject *
recording_scan(PyObject *self, PyObject *args)
{
    Py_ssize_t place, piece;
    Log *log;
    if (!PyArg_ParseTuple(args, "nn", &place, &piece)) {
        return NULL;
    }
    Chunk *chunk = chunk_of(self, place, piece, &log);
    return chunk ? scan_chunk(log, chunk) : NULL;
}

static PyObject *
recording_value(PyObject *self, PyObject *args)
{
    Py_ssize_t place, piece, at, slot;
    Log *log;
    if (!PyArg_ParseTuple(args, "nnnn", &place, &piece, &at, &slot)) {
        return NULL;
    }
    Chunk *chunk = chunk_of(self, place, piece, &log);
    return chunk ? value_in(log, chunk, (size_t)at, slot) : NULL;
}

static PyObject *
recording_written(PyObject *self, void *Py_UNUSED(closure))
{
    PyObject *logs = ((Recording *)self)->logs;
    Py_ssize_t sum = 0;
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(logs); i++) {
        sum += ((Log *)PyList_GET_ITEM(logs, i))->written;
    }
    return PyLong_FromSsize_t(sum);
}

static PyObject *
recording_size(PyObject *self, void *Py_UNUSED(closure))
{
    PyObject *logs = ((Recording *)self)->logs;
    size_t sum = 0;
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(logs); i++) {
        for (Chunk *chunk = ((Log *)PyList_GET_ITEM(logs, i))->first; chunk; chunk = chunk->next) {
            sum += sizeof *chunk + chunk->size;
        }
    }
    return PyLong_FromSize_t(sum);
}

static PyObject *
recording_full(PyObject *self, void *Py_UNUSED(closure))
{
    return PyBool_FromLong(((Recording *)self)->full);
}

static PyMethodDef recording_methods[] = {
    {"begin", recording_begin, METH_NOARGS,
     "Record this thread, and threads that come up from now on."},
    {"resume", recording_resume, METH_NOARGS, "Go on after another recording."},
    {"end", recording_end, METH_NOARGS, "Record no more; what was written can be read."},
    {"shut_loop", recording_shut_loop, METH_O, "A loop has had its share, by its turns' site."},
    {"pieces", recording_pieces, METH_NOARGS, "Of each thread's log, how many pieces it has."},
    {"read", recording_read, METH_VARARGS,
     "read(log, piece): its events, `(site, [values])` each."},
    {"scan", recording_scan, METH_VARARGS,
     "scan(log, piece): its events, `(site, where its values are, identity of each)`."},
    {"value", recording_value, METH_VARARGS,
     "value(log, piece, where, place): one value of an event that scan gave."},
    {NULL},
};
/* The place of the log of the thread that began it; -1 if that wrote nothing. */
static PyObject *
recording_main(PyObject *self, void *Py_UNUSED(closure))
{
    PyObject *logs = ((Recording *)self)->logs;
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(logs); i++) {
        if (((Log *)PyList_GET_ITEM(logs, i))->thread == ((Recording *)self)->owner) {
            return PyLong_FromSsize_t(i);
        }
    }
    return PyLong_FromLong(-1);
}

static PyGetSetDef recording_attributes[] = {
    {"main", recording_main, NULL, "Which log is that of the thread that began it; -1 if none.", NULL},
    {"written", recording_written, NULL, "How many events were written.", NULL},
    {"size", recording_size, NULL, "Bytes that the logs take.", NULL},
    {"full", recording_full, NULL, "Whether the budget was spent.", NULL},
    {NULL},
};
PyTypeObject Recording_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "tracepy.recorder._log.Recording",
    .tp_basicsize = sizeof(Recording),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_doc = "Recording(events, bytes, interval, look): the logs of one recording.",
    .tp_new = recording_new,
    .tp_dealloc = recording_dealloc,
    .tp_traverse = recording_traverse,
    .tp_clear = recording_clear,
    .tp_methods = recording_methods,
    .tp_getset = recording_attributes,
};

static PyObject *
module_gates_of(PyObject *Py_UNUSED(module), PyObject *maker)
{
    Py_XSETREF(gate_maker, Py_NewRef(maker));
    Py_RETURN_NONE;
}

static PyObject *
module_recording(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(unused))
{
    return PyBool_FromLong(active != NULL);
}

static PyObject *
module_bind(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *code, *gates;
    if (!PyArg_ParseTuple(args, "OO", &code, &gates)) {
        return NULL;
    }
    return bind(operators, code, gates);
}

static PyMethodDef module_functions[] = {
    {"bind", module_bind, METH_VARARGS,
     "bind(code, gates): put LOG and gates, by their numbers, into code, in place."},
    {"gates_of", module_gates_of, METH_O, "Says what makes a gate of a number, for unpickling."},
    {"recording", module_recording, METH_NOARGS, "Whether anything is being recorded."},
    {NULL},
};
static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "tracepy.recorder._log",
    .m_doc = "The event log, and the operators by which rewritten code writes it.",
    .m_size = -1,
    .m_methods = module_functions,
};

PyMODINIT_FUNC
PyInit__log(void)
{
    if (PyType_Ready(&Operators_Type) < 0 || PyType_Ready(&Gate_Type) < 0 ||
        PyType_Ready(&Log_Type) < 0 || PyType_Ready(&Recording_Type) < 0) {
        return NULL;
    }
    PyObject *module = PyModule_Create(&definition);
    if (module == NULL) {
        return NULL;
    }
    operators = _PyObject_New(&Operators_Type);
    if (operators == NULL || PyModule_AddObjectRef(module, "LOG", operators) < 0 ||
        PyModule_AddObjectRef(module, "Gate", (PyObject *)&Gate_Type) < 0 ||
        PyModule_AddObjectRef(module, "Log", (PyObject *)&Log_Type) < 0 ||
        PyModule_AddObjectRef(module, "Recording", (PyObject *)&Recording_Type) < 0) {
        Py_DECREF(module);
        return NULL;
    }
    return module;
}
