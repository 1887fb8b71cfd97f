/* The event log: what rewritten code writes, and how it is read back.
 *
 * Rewritten code holds one object, LOG, and one Gate a function, among its constants, and talks
 * to them by operators, each a single instruction: no profiler sees a call, no tracer a frame, and
 * none needs room at the recursion limit. The operators are listed in module.c.
 *
 * A log is a chain of chunks of bytes. An event is a head, which names its site, and the values
 * that were there, each a tag and what the tag announces. Nothing in a chunk refers to an object
 * of the program: numbers and short texts are copied, of objects the identity and the type are
 * noted, of small containers of plain items these items as well. Classes, and texts and numbers
 * too long to copy, stand in tables of the recording. Where another thread goes on, its log says
 * so (TAG_ORDER, a number that grows), so that what happened can be read in order.
 */
#ifndef TRACEPY_LOG_H
#define TRACEPY_LOG_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>

/* A site's number: the module's above these bits, its own place in the module below. */
#define SITE_BITS 22
#define SITE_MASK ((1ULL << SITE_BITS) - 1)

#define CHUNK (1 << 16)
#define SHOWN_ITEMS 8       /* containers up to this size are shown with what is in them */
#define SHOWN_TEXT 200      /* of longer texts only so much is kept */
#define SHOWN_DIGITS 20     /* of 30 bits; Python refuses to write out much longer numbers */
#define ITEM_TEXT 40        /* a longer text is not a plain item */
#define COPIED_TEXT 24      /* longer texts are kept in a table */
#define SPREAD 128          /* places for items, of which a small container fills only a few */
#define VALUE_MOST 512      /* bytes that one value may take */
#define VALUES_AHEAD 8      /* so many values have room before an event is begun */
#define HEAD_MOST 16
#define CACHE 256
#define CELLS 32            /* of more shared variables a call does not tell */

enum tag {
    TAG_EVENT = 1, TAG_MODULE,
    TAG_NONE, TAG_TRUE, TAG_FALSE,
    TAG_INT1, TAG_INT4, TAG_INT8, TAG_BIG, TAG_FLOAT,
    TAG_TEXT, TAG_BYTES, TAG_KEPT, TAG_LONG, TAG_ERROR, TAG_OBJECT, TAG_CONTAINER, TAG_SHOWN,
    TAG_ORDER,
};

enum kind { KIND_LIST, KIND_TUPLE, KIND_DICT, KIND_SET, KIND_FROZENSET };

typedef struct Chunk {
    struct Chunk *next;
    size_t size;
    unsigned char *end;     /* where writing stopped, once the next chunk was begun */
    unsigned char data[];
} Chunk;

typedef struct {
    const void *key;
    uint32_t index;
} Slot;

typedef struct {
    PyObject_HEAD
    PyObject *logs;         /* list of Log, as threads came up */
    PyObject *kept;         /* list: texts and numbers that are too long to copy */
    PyObject *types;        /* list of classes; of their names once the recording is over */
    PyObject *type_index;   /* dict: address of a class -> place in `types` */
    PyObject *look;         /* called with a log each time it has used what it was granted */
    uint64_t serial;        /* no two recordings have the same */
    PyInterpreterState *interpreter;
    uint64_t owner;         /* the thread that began it */
    uint64_t youngest;      /* threads up to this one were there before, and are left out */
    Py_ssize_t events;      /* may still be granted */
    Py_ssize_t bytes;       /* may still be taken */
    Py_ssize_t interval;    /* the most that is granted at a time */
    Slot type_slots[CACHE];
    Slot kept_slots[CACHE];
    PyObject *long_texts[8];
    uint32_t long_entries[8];
    PyObject *writing;      /* the log that was written to last; not owned */
    uint64_t changes;       /* how often another log was written to than before */
    uint64_t *shut;         /* sites of loops that have had their share: a table of powers of 2 */
    size_t shut_size, shut_used;
    char full, over;
} Recording;

typedef struct {
    PyObject_HEAD
    Recording *recording;   /* not owned: the recording owns its logs */
    uint64_t thread;
    Chunk *first, *last;
    unsigned char *at, *end;
    uint64_t module;        /* of the event before, within the chunk */
    Py_ssize_t left;        /* events until the recording has a look */
    Py_ssize_t written;
    Chunk *looked;          /* what was looked at so far */
    unsigned char *looked_at;
    Chunk *cursor;          /* what was read last, and how many chunks are before it */
    Py_ssize_t cursor_place;
    char busy;              /* in the middle of an event */
    char looking;           /* the recording has a look */
} Log;

typedef struct {
    PyObject_HEAD
    uint64_t number;        /* the function's first site */
    uint64_t shut;          /* the recording that has closed it */
    PyObject *cells;        /* names of the variables that it shares with other functions, or NULL */
    int free;               /* how many of them, the last ones, are other functions' variables */
    int asked;              /* whether it is known which these are */
} Gate;

/* Whole numbers, read from their digits: the functions for it go by way of bytes, and there are two
 * numbers to an event. Not beyond 3 digits of 30 bits, of which the third may have one. */
#if PYLONG_BITS_IN_DIGIT != 30
#error "this Python has whole numbers of another make"
#endif
#if PY_VERSION_HEX >= 0x030C0000
#define DIGITS(number) (((PyLongObject *)(number))->long_value.ob_digit)
#define DIGIT_COUNT(number) ((Py_ssize_t)(((PyLongObject *)(number))->long_value.lv_tag >> 3))
#define IS_NEGATIVE(number) ((((PyLongObject *)(number))->long_value.lv_tag & 3) == 2)
#else
#define DIGITS(number) (((PyLongObject *)(number))->ob_digit)
#define DIGIT_COUNT(number) Py_ABS(Py_SIZE(number))
#define IS_NEGATIVE(number) (Py_SIZE(number) < 0)
#endif

/* Whether the number fits; and the number. */
static inline int
as_int64(PyObject *number, int64_t *value)
{
    const digit *digits = DIGITS(number);
    Py_ssize_t count = DIGIT_COUNT(number);
    uint64_t sum;
    if (count <= 1) {
        sum = count ? digits[0] : 0;
    }
    else if (count == 2) {
        sum = (uint64_t)digits[1] << 30 | digits[0];
    }
    else if (count == 3 && digits[2] < 8) {
        sum = (uint64_t)digits[2] << 60 | (uint64_t)digits[1] << 30 | digits[0];
    }
    else {
        return 0;
    }
    *value = IS_NEGATIVE(number) ? -(int64_t)sum : (int64_t)sum;
    return 1;
}

/* A site as rewritten code names it: negative where an operator has a second meaning. */
static inline int
as_site(PyObject *key, int *marked, uint64_t *site)
{
    int64_t number;
    if (!PyLong_CheckExact(key) || !as_int64(key, &number)) {
        return 0;
    }
    *marked = number < 0;
    *site = (uint64_t)(number < 0 ? -number : number);
    return 1;
}

/* The recording that goes on, or NULL; it changes with the lock of the interpreter held. */
extern Recording *active;
extern PyTypeObject Recording_Type, Log_Type, Gate_Type, Operators_Type;

/* spread.c */
int is_spread_out(PyObject *dict);
/* write.c */
int write_event(Log *log, uint64_t site, PyObject *const *values, Py_ssize_t count);
int write_entry(Log *log, uint64_t site, PyObject *const *values, Py_ssize_t count,
                PyObject *const *cells, Py_ssize_t cell_count);
int write_exception(Log *log, PyObject *key);
Log *current_log(void);
void forget_current(void);
int loop_is_shut(const Recording *recording, uint64_t site);
int shut_loop(Recording *recording, uint64_t site);
/* read.c */
PyObject *read_chunk(const Log *log, const Chunk *chunk);
PyObject *scan_chunk(const Log *log, const Chunk *chunk);
PyObject *value_in(const Log *log, const Chunk *chunk, size_t at, Py_ssize_t place);
PyObject *count_sites(Log *log);
/* frame.c */
PyObject *cell_names(int *free);
Py_ssize_t cells_of_frame(PyObject **cells, Py_ssize_t most);
/* bind.c */
PyObject *bind(PyObject *log, PyObject *code, PyObject *gates);

#endif
