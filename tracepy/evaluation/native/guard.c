/* What keeps a score honest while judge and candidate share a process.
 *
 * Three things that Python code of the candidate cannot take away again: an audit hook
 * (PEP 578) that sees when it reaches for the judge, a snapshot of the judge's functions that is
 * compared before the verdict leaves, and the secret that makes a verdict count, which is in no
 * Python object.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define SECRET 32 /* characters */

static struct {
    int armed;              /* the hook looks at what happens */
    int learning;           /* what the program itself does is what it may go on to do */
    int fd;                 /* where the verdict goes */
    int sent;
    char nonce[SECRET + 1];
    unsigned long thread;
    pid_t pid;
    PyObject *targets;      /* set of str: file names of the modules that are improved */
    PyObject *judged;       /* set of str: real paths of what judges them */
    PyObject *allowed;      /* set of str: what the program does as it stands */
    PyObject *seen;         /* set of str: what happened */
    PyObject *sender;       /* code object: what sends */
    PyObject *globals;      /* and the module that it is of */
    PyFrameObject *frame;   /* the one frame that it may be called from */
    dev_t device;           /* what the descriptor stood for when it was given */
    ino_t inode;
    PyObject *library;      /* tuple of str: prefixes of the standard library's files */
    PyObject *watched;      /* list of (name, dict, copy, owner), taken before the fork */
    char folder[PATH_MAX];  /* where the worker's own files are */
    char reason[512];
} guard;

/* ---- who did it ---------------------------------------------------------------------------- */

enum place { TARGET, LIBRARY, UNKNOWN, OTHER };

static int starts_with(PyObject *text, PyObject *prefix) {
    return PyUnicode_Tailmatch(text, prefix, 0, PY_SSIZE_T_MAX, -1) == 1;
}

static enum place place_of(PyObject *file) {
    if (PySet_Contains(guard.targets, file) == 1)
        return TARGET;
    const char *name = PyUnicode_AsUTF8(file);
    if (!name) {
        PyErr_Clear();
        return UNKNOWN;
    }
    if (strstr(name, "site-packages") || strstr(name, "dist-packages"))
        return OTHER;
    if (strncmp(name, "<frozen ", 8) == 0) /* nobody may compile under such a name: see `look` */
        return LIBRARY;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(guard.library); i++)
        if (starts_with(file, PyTuple_GET_ITEM(guard.library, i)))
            return LIBRARY;
    /* Code made at run time has whatever file name its maker liked: its caller answers for it. */
    return access(name, F_OK) == 0 ? OTHER : UNKNOWN;
}

/* Whether the candidate asked for frames: itself, or through a helper that hands them on. */
static int asked_for_frames(void) {
    PyFrameObject *frame = PyEval_GetFrame();
    int first = 1, found = 0;
    Py_XINCREF(frame);
    while (frame) {
        PyCodeObject *code = PyFrame_GetCode(frame);
        enum place place = place_of(code->co_filename);
        const char *file = PyUnicode_AsUTF8(code->co_filename);
        const char *name = PyUnicode_AsUTF8(code->co_name);
        if (!file || !name)
            PyErr_Clear();
        int hands_on = place == LIBRARY && file && name &&
                       (strstr(file, "inspect.py") ||
                        (first && strstr(file, "traceback.py") && strncmp(name, "walk_", 5) == 0));
        Py_DECREF(code);
        if (place == TARGET)
            found = 1;
        if (found || !(hands_on || place == UNKNOWN))
            break;
        first = 0;
        PyFrameObject *back = PyFrame_GetBack(frame);
        Py_DECREF(frame);
        frame = back;
    }
    Py_XDECREF(frame);
    return found;
}

/* Whether the candidate did it: the first frame that is not the standard library's is its own. */
static int did_it(void) {
    PyFrameObject *frame = PyEval_GetFrame();
    int found = 0;
    Py_XINCREF(frame);
    while (frame) {
        PyCodeObject *code = PyFrame_GetCode(frame);
        enum place place = place_of(code->co_filename);
        Py_DECREF(code);
        if (place == TARGET)
            found = 1;
        if (place == TARGET || place == OTHER)
            break;
        PyFrameObject *back = PyFrame_GetBack(frame);
        Py_DECREF(frame);
        frame = back;
    }
    /* A thread or an interpreter that nobody else's code is in does what it was given to do: the
     * judge's own frames are beneath everything else. */
    if (!frame)
        found = 1;
    Py_XDECREF(frame);
    return found;
}

/* Whether `types.coroutine` sets a flag of a function's code, as it does when asyncio is imported. */
static int makes_a_coroutine(void) {
    PyFrameObject *frame = PyEval_GetFrame();
    PyCodeObject *code = frame ? PyFrame_GetCode(frame) : NULL;
    int found = 0;
    if (code && place_of(code->co_filename) == LIBRARY) {
        const char *file = PyUnicode_AsUTF8(code->co_filename);
        const char *slash = file ? strrchr(file, '/') : NULL;
        found = slash && strcmp(slash, "/types.py") == 0;
        PyErr_Clear();
    }
    Py_XDECREF(code);
    return found;
}

/* Whether a source line is read to be shown in a traceback: it stays with who shows it. */
static int shows_a_line(void) {
    PyFrameObject *frame = PyEval_GetFrame();
    int through = 0, shown = 0;
    Py_XINCREF(frame);
    while (frame) {
        PyCodeObject *code = PyFrame_GetCode(frame);
        enum place place = place_of(code->co_filename);
        const char *file = place == LIBRARY ? PyUnicode_AsUTF8(code->co_filename) : NULL;
        int reader = file && (strstr(file, "linecache.py") || strstr(file, "tokenize.py"));
        shown = through && file && (strstr(file, "/traceback.py") || strstr(file, "/logging/"));
        through = through || (reader && strstr(file, "linecache.py"));
        Py_DECREF(code);
        if (!reader)
            break;
        PyFrameObject *back = PyFrame_GetBack(frame);
        Py_DECREF(frame);
        frame = back;
    }
    Py_XDECREF(frame);
    return shown;
}

/* ---- what is looked for -------------------------------------------------------------------- */

/* Note a kind of act. Refused where the program as it stands does no such thing. */
static int act(const char *kind, const char *words) {
    PyObject *name = PyUnicode_FromString(kind);
    if (!name)
        return -1;
    int known = PySet_Contains(guard.allowed, name);
    if (guard.learning || known) {
        int failed = PySet_Add(guard.seen, name);
        Py_DECREF(name);
        return failed;
    }
    Py_DECREF(name);
    if (!guard.reason[0])
        snprintf(guard.reason, sizeof guard.reason, "%s (%s)", words, kind);
    PyErr_Format(PyExc_PermissionError, "not while it is judged: %s (%s)", words, kind);
    return -1;
}

static int opened(PyObject *args) {
    PyObject *path = PyTuple_GET_SIZE(args) ? PyTuple_GET_ITEM(args, 0) : NULL;
    PyObject *bytes = NULL;
    char real[PATH_MAX];
    if (!path || !(PyUnicode_CheckExact(path) || PyBytes_CheckExact(path)))
        return 0; /* the event comes again with what an object says of its path */
    if (!PyUnicode_FSConverter(path, &bytes)) {
        PyErr_Clear(); /* what it cannot be is the caller's own error */
        return 0;
    }
    const char *given = PyBytes_AS_STRING(bytes), *slash = strrchr(given, '/');
    /* Relative to a folder that the event does not name, for all that can be seen here. */
    int memory = given[0] != '/' && strcmp(slash ? slash + 1 : given, "mem") == 0;
    const char *found = realpath(given, real);
    Py_DECREF(bytes);
    memory = memory || (found && strncmp(real, "/proc/", 6) == 0 && strstr(real, "/mem"));
    if (memory && did_it())
        return act("open memory", "it opened the memory of a process");
    if (!found)
        return 0;
    PyObject *name = PyUnicode_DecodeFSDefault(real);
    if (!name)
        return -1;
    int judges = PySet_Contains(guard.judged, name);
    Py_DECREF(name);
    return judges == 1 && did_it() && !shows_a_line() ? act("open judge", "it opened what judges it") : 0;
}

static int attribute(PyObject *args, int setting) {
    PyObject *name = PyTuple_GET_SIZE(args) > 1 ? PyTuple_GET_ITEM(args, 1) : NULL;
    const char *text = name && PyUnicode_Check(name) ? PyUnicode_AsUTF8(name) : NULL;
    if (!text) {
        PyErr_Clear();
        return 0;
    }
    if (setting)
        return strcmp(text, "__code__") == 0 && did_it() && !makes_a_coroutine()
                   ? act("set __code__", "it put other code into a function") : 0;
    if (strcmp(text, "tb_frame") == 0 || strcmp(text, "gi_frame") == 0 ||
        strcmp(text, "cr_frame") == 0 || strcmp(text, "ag_frame") == 0)
        return asked_for_frames() ? act(text, "it looked at frames above it") : 0;
    return 0;
}

/* Modules with which Python tests itself: they undo what is watched, make frames, break memory. */
static int tests_python(PyObject *args) {
    PyObject *name = PyTuple_GET_SIZE(args) ? PyTuple_GET_ITEM(args, 0) : NULL;
    const char *text = name && PyUnicode_Check(name) ? PyUnicode_AsUTF8(name) : NULL;
    if (!text)
        PyErr_Clear();
    return text && (strstr(text, "_testcapi") || strstr(text, "_testinternalcapi") ||
                    strstr(text, "_testlimitedcapi"));
}

static int is(const char *event, const char *name) { return strcmp(event, name) == 0; }
static int begins(const char *event, const char *name) {
    return strncmp(event, name, strlen(name)) == 0;
}

static int imported(PyObject *args) {
    if (tests_python(args))
        return did_it() ? act("import _testcapi", "it reached for memory") : 0;
    PyObject *file = PyTuple_GET_SIZE(args) > 1 ? PyTuple_GET_ITEM(args, 1) : NULL;
    const char *name = file && PyUnicode_Check(file) ? PyUnicode_AsUTF8(file) : NULL;
    PyErr_Clear();
    if (!name) /* only compiled modules come with a file */
        return 0;
    int own = strncmp(name, guard.folder, strlen(guard.folder)) == 0;
    int installed = !own && (strstr(name, "-packages") || place_of(file) == LIBRARY);
    return !installed && did_it()
               ? act("compiled module", "it loaded a compiled module that is not installed") : 0;
}

static int look(const char *event, PyObject *args) {
    switch (event[0]) {
    case 's':
        if (is(event, "sys._getframe") || is(event, "sys._current_frames") ||
            is(event, "sys._current_exceptions"))
            return asked_for_frames() ? act(event, "it looked at frames above it") : 0;
        if (is(event, "sys.settrace") || is(event, "sys.setprofile") ||
            is(event, "sys.addaudithook"))
            return did_it() ? act(event, "it watched the interpreter") : 0;
        if (is(event, "subprocess.Popen"))
            return did_it() ? act("processes", "it started a process") : 0;
        return 0;
    case 'g':
        return begins(event, "gc.get_") && did_it()
                   ? act(event, "it searched the interpreter's objects") : 0;
    case 'c':
        if (begins(event, "ctypes."))
            return did_it() ? act("ctypes", "it reached for memory") : 0;
        if (is(event, "code.__new__"))
            return asked_for_frames() ? act(event, "it made code that is none of its source") : 0;
        if (is(event, "compile")) {
            PyObject *file = PyTuple_GET_SIZE(args) > 1 ? PyTuple_GET_ITEM(args, 1) : NULL;
            const char *name = file && PyUnicode_Check(file) ? PyUnicode_AsUTF8(file) : NULL;
            PyErr_Clear();
            int others = name && (strncmp(name, "<frozen", 7) == 0 ||
                                  (name[0] != '<' && PySet_Contains(guard.targets, file) != 1 &&
                                   access(name, F_OK) == 0));
            return others && asked_for_frames()
                       ? act("compile", "it made code under another file's name") : 0;
        }
        return 0;
    case 'i':
        return is(event, "import") ? imported(args) : 0;
    case 'o':
        if (is(event, "open"))
            return opened(args);
        if (is(event, "object.__getattr__"))
            return attribute(args, 0);
        if (is(event, "object.__setattr__"))
            return attribute(args, 1);
        if (is(event, "os.system") || is(event, "os.exec") || is(event, "os.posix_spawn") ||
            is(event, "os.fork") || is(event, "os.forkpty"))
            return did_it() ? act("processes", "it started a process") : 0;
        return 0;
    default:
        return 0;
    }
}

static int hook(const char *event, PyObject *args, void *unused) {
    (void)unused;
    static _Thread_local int inside;
    if (!guard.armed || inside)
        return 0;
    inside = 1;
    int result = look(event, args);
    inside = 0;
    return result;
}

/* ---- what the judge is made of ------------------------------------------------------------- */

static int is_code(PyObject *value) {
    return PyFunction_Check(value) || PyType_Check(value) || PyCFunction_Check(value) ||
           Py_IS_TYPE(value, &PyStaticMethod_Type) || Py_IS_TYPE(value, &PyClassMethod_Type) ||
           Py_IS_TYPE(value, &PyProperty_Type);
}

static int is_ours(PyObject *name) {
    const char *text = PyUnicode_AsUTF8(name);
    return text && strncmp(text, "tracepy.", 8) == 0;
}

/* Which of the watched dictionaries were written to: nearly none, so that comparing them is quick. */
#if PY_VERSION_HEX >= 0x030C0000
#define WRITTEN 256
static struct {
    int id;                     /* of our watcher, once there is one */
    int count;                  /* more than WRITTEN: all have to be looked at */
    PyObject *dicts[WRITTEN];
} written = {-1, 0, {NULL}};

static int note_written(PyDict_WatchEvent event, PyObject *dict, PyObject *key, PyObject *value) {
    (void)event, (void)key, (void)value;
    for (int i = 0; i < written.count && i < WRITTEN; i++)
        if (written.dicts[i] == dict)
            return 0;
    if (written.count < WRITTEN)
        written.dicts[written.count] = dict;
    if (written.count <= WRITTEN) /* it does not count on, to begin anew some day */
        written.count++;
    return 0;
}

static int begin_noting(void) {
    written.count = 0;
    if (written.id < 0)
        written.id = PyDict_AddWatcher(note_written);
    return written.id;
}

static PyObject *state_of(PyObject *dict) {
    return PyDict_Watch(written.id, dict) < 0 ? NULL : PyLong_FromLong(0);
}

static int was_written(PyObject *dict, PyObject *state) {
    (void)state;
    if (written.count > WRITTEN)
        return 1;
    for (int i = 0; i < written.count; i++)
        if (written.dicts[i] == dict)
            return 1;
    return 0;
}
#else
static int begin_noting(void) { return 0; }

static PyObject *state_of(PyObject *dict) {
    return PyLong_FromUnsignedLongLong(((PyDictObject *)dict)->ma_version_tag);
}

static int was_written(PyObject *dict, PyObject *state) {
    return ((PyDictObject *)dict)->ma_version_tag != PyLong_AsUnsignedLongLong(state);
}
#endif

static int add_watched(PyObject *name, PyObject *dict, PyObject *owner) {
    PyObject *copy = PyDict_New(), *key, *value;
    Py_ssize_t at = 0;
    if (!copy)
        return -1;
    int ours = is_ours(name); /* of our own, all names; of others what is called */
    while (PyDict_Next(dict, &at, &key, &value))
        if ((ours || is_code(value)) && PyDict_SetItem(copy, key, value) < 0)
            goto failed;
    PyObject *state = state_of(dict);
    if (!state)
        goto failed;
    PyObject *item = PyTuple_Pack(5, name, dict, copy, owner, state);
    Py_DECREF(state);
    if (!item)
        goto failed;
    int added = PyList_Append(guard.watched, item);
    Py_DECREF(item);
    Py_DECREF(copy);
    return added;
failed:
    Py_DECREF(copy);
    return -1;
}

static PyObject *watch(PyObject *self, PyObject *args) {
    (void)self;
    PyObject *modules;
    if (!PyArg_ParseTuple(args, "O!", &PyDict_Type, &modules))
        return NULL;
    if (guard.armed) {
        PyErr_SetString(PyExc_PermissionError, "not while it is judged");
        return NULL;
    }
    Py_XSETREF(guard.watched, PyList_New(0));
    if (!guard.watched || begin_noting() < 0)
        return NULL;
    PyObject *name, *module, *key, *value;
    Py_ssize_t at = 0;
    while (PyDict_Next(modules, &at, &name, &module)) {
        if (!PyModule_Check(module))
            continue;
        PyObject *dict = PyModule_GetDict(module);
        if (add_watched(name, dict, module) < 0)
            return NULL;
        Py_ssize_t inner = 0;
        while (PyDict_Next(dict, &inner, &key, &value)) {
            if (!PyType_Check(value) || !(((PyTypeObject *)value)->tp_flags & Py_TPFLAGS_HEAPTYPE))
                continue;
            PyObject *home = PyObject_GetAttrString(value, "__module__");
            int own = home && PyUnicode_Check(home) && PyUnicode_Compare(home, name) == 0;
            Py_XDECREF(home);
            PyErr_Clear();
            if (!own)
                continue;
            PyObject *label = PyUnicode_FromFormat("%U.%U", name, key);
            PyObject *members = label ? ((PyTypeObject *)value)->tp_dict : NULL;
            int added = members ? add_watched(label, members, value) : -1;
            Py_XDECREF(label);
            if (added < 0)
                return NULL;
        }
    }
    Py_RETURN_NONE;
}

/* Note a change of what judges, whose kind is given away; the reason of a refused one is kept. */
static int altered(PyObject *kind, const char *words) {
    const char *text = kind ? PyUnicode_AsUTF8(kind) : NULL;
    int refused = text ? act(text, words) : -1;
    Py_XDECREF(kind);
    if (refused < 0 && guard.reason[0]) {
        PyErr_Clear();
        return 0;
    }
    return refused;
}

static int changed(PyObject *owner, PyObject *key) {
    return altered(PyUnicode_FromFormat("%U.%U", owner, key),
                   "it put something else in place of a function");
}

/* Whether nothing but a candidate ever writes to a module or class: those that judge, and json's, by
 * which the verdict leaves. There, what was changed and put back shows as well. */
static int is_never_written(PyObject *name) {
    const char *text = PyUnicode_AsUTF8(name);
    return text &&
           (strncmp(text, "tracepy.evaluation.", 19) == 0 ||
            strncmp(text, "tracepy.objective.", 18) == 0 || strncmp(text, "json.", 5) == 0 ||
            strcmp(text, "json") == 0);
}

static int was_put_back(PyObject *owner, PyObject *dict) {
    PyObject *registry = PyUnicode_FromString("__warningregistry__");
    int warned = registry ? PyDict_Contains(dict, registry) : -1;
    Py_XDECREF(registry);
    if (warned)
        return warned < 0 ? -1 : 0;
    return altered(PyUnicode_FromFormat("%U put back", owner),
                   "it changed what judges it, and put it back");
}

/* Names of the judge's that stand for something else now are noted, or refused. */
static int compare(void) {
    for (Py_ssize_t i = 0; guard.watched && i < PyList_GET_SIZE(guard.watched); i++) {
        PyObject *item = PyList_GET_ITEM(guard.watched, i);
        PyObject *dict = PyTuple_GET_ITEM(item, 1), *copy = PyTuple_GET_ITEM(item, 2);
        PyObject *key, *value;
        if (!was_written(dict, PyTuple_GET_ITEM(item, 4)))
            continue;
        Py_ssize_t at = 0;
        while (PyDict_Next(copy, &at, &key, &value)) {
            if (PyDict_GetItemWithError(dict, key) == value)
                continue;
            if (PyErr_Occurred())
                return -1;
            if (changed(PyTuple_GET_ITEM(item, 0), key) < 0)
                return -1;
        }
        if (is_never_written(PyTuple_GET_ITEM(item, 0)) &&
            was_put_back(PyTuple_GET_ITEM(item, 0), dict) < 0)
            return -1;
        at = 0;
        /* A warning leaves a registry of its own in the module that it is told of. */
        while (is_ours(PyTuple_GET_ITEM(item, 0)) && PyDict_Next(dict, &at, &key, &value))
            if (!PyModule_Check(value) && !PyDict_Contains(copy, key) &&
                PyUnicode_CompareWithASCIIString(key, "__warningregistry__") != 0 &&
                changed(PyTuple_GET_ITEM(item, 0), key) < 0)
                return -1;
    }
    return 0;
}

/* ---- the channel --------------------------------------------------------------------------- */

/* The secret comes on the pipe that the request came on, to the end of which nobody else reads. */
static int read_secret(int ask) {
    size_t have = 0;
    while (have < SECRET) {
        ssize_t got = read(ask, guard.nonce + have, SECRET - have);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        have += (size_t)got;
    }
    guard.nonce[have] = 0;
    return 0;
}

static PyObject *arm(PyObject *self, PyObject *args) {
    (void)self;
    PyObject *targets, *judged, *allowed, *sender, *library;
    struct stat status;
    int ask, fd, learning;
    if (!PyArg_ParseTuple(args, "iiO!O!O!O!O!p", &ask, &fd, &PyFrozenSet_Type, &targets,
                          &PyFrozenSet_Type, &judged, &PyFrozenSet_Type, &allowed,
                          &PyFunction_Type, &sender, &PyTuple_Type, &library, &learning))
        return NULL;
    if (guard.armed) {
        PyErr_SetString(PyExc_RuntimeError, "armed already");
        return NULL;
    }
    if (read_secret(ask) < 0)
        return PyErr_SetFromErrno(PyExc_OSError);
    guard.fd = fd;
    guard.learning = learning;
    guard.thread = PyThread_get_thread_ident();
    guard.pid = getpid();
    if (!getcwd(guard.folder, sizeof guard.folder))
        guard.folder[0] = 0;
    guard.targets = Py_NewRef(targets);
    guard.judged = Py_NewRef(judged);
    guard.allowed = Py_NewRef(allowed);
    guard.sender = Py_NewRef(PyFunction_GetCode(sender));
    guard.globals = Py_NewRef(PyFunction_GetGlobals(sender));
    /* Who called the function that called this one is who may call the sender. */
    PyFrameObject *caller = PyEval_GetFrame();
    guard.frame = caller ? PyFrame_GetBack(caller) : NULL;
    if (fstat(fd, &status) < 0)
        return PyErr_SetFromErrno(PyExc_OSError);
    guard.device = status.st_dev;
    guard.inode = status.st_ino;
    guard.library = Py_NewRef(library);
    guard.seen = PySet_New(NULL);
    if (!guard.seen || PySys_AddAuditHook(hook, NULL) < 0)
        return NULL;
    guard.armed = 1;
    Py_RETURN_NONE;
}

static int sender_is_ours(void) {
    struct stat status;
    PyFrameObject *frame = PyEval_GetFrame();
    if (!frame || PyThread_get_thread_ident() != guard.thread)
        return 0;
    PyCodeObject *code = PyFrame_GetCode(frame);
    PyObject *globals = PyFrame_GetGlobals(frame);
    PyFrameObject *back = PyFrame_GetBack(frame);
    int ours = (PyObject *)code == guard.sender && globals == guard.globals && back == guard.frame;
    Py_DECREF(code);
    Py_XDECREF(globals);
    Py_XDECREF(back);
    return ours && fstat(guard.fd, &status) == 0 && status.st_dev == guard.device &&
           status.st_ino == guard.inode;
}

static PyObject *seen(PyObject *self, PyObject *none) {
    (void)self;
    (void)none;
    if (!guard.armed)
        return PyList_New(0);
    int was = guard.armed;
    guard.armed = 0; /* what the comparison itself does is not looked at */
    int failed = guard.learning ? compare() : 0;
    guard.armed = was;
    return failed < 0 ? NULL : PySequence_List(guard.seen);
}

static int write_all(struct iovec *parts, int count) {
    while (count) {
        ssize_t done = writev(guard.fd, parts, count);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return -1;
        while (count && (size_t)done >= parts->iov_len) {
            done -= (ssize_t)parts->iov_len;
            parts++, count--;
        }
        if (count) {
            parts->iov_base = (char *)parts->iov_base + done;
            parts->iov_len -= (size_t)done;
        }
    }
    return 0;
}

static PyObject *send(PyObject *self, PyObject *args) {
    (void)self;
    const char *data;
    Py_ssize_t size;
    if (!PyArg_ParseTuple(args, "y#", &data, &size))
        return NULL;
    if (guard.armed && getpid() != guard.pid)
        _exit(1); /* a fork that the candidate forgot to end has no verdict to give */
    if (!guard.armed || guard.sent || !sender_is_ours()) {
        PyErr_SetString(PyExc_PermissionError, "only the judge sends, and once");
        return NULL;
    }
    if (compare() < 0)
        return NULL;
    guard.sent = 1;
    char head[160];
    size_t why = strlen(guard.reason);
    int length = snprintf(head, sizeof head, "%s %zd %zu\n", guard.nonce, size, why);
    int failed;
    Py_BEGIN_ALLOW_THREADS
    struct iovec parts[] = {
        {head, (size_t)length}, {(char *)data, (size_t)size}, {guard.reason, why}};
    failed = write_all(parts, 3);
    Py_END_ALLOW_THREADS
    /* Nothing of Python's runs after it, so that nothing can answer for it once more. */
    _exit(failed ? 1 : 0);
}

static PyMethodDef methods[] = {
    {"watch", watch, METH_VARARGS, "Take a snapshot of the functions of these modules."},
    {"arm", arm, METH_VARARGS, "From now on a candidate runs in this process."},
    {"seen", seen, METH_NOARGS, "The kinds of acts that the candidate did and may do."},
    {"send", send, METH_VARARGS, "Send the verdict: once, and only from where it is made."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "_guard", NULL, -1, methods, NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__guard(void) { return PyModule_Create(&definition); }
