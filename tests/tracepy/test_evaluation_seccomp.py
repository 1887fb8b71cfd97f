"""The filter, run call by call as the kernel would."""

import os
import struct
import sys

import pytest

from tracepy.evaluation import seccomp

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or os.uname().machine != "x86_64", reason="numbers of x86_64"
)
X86_64, ALLOW, EPERM, EACCES, ENOSYS = 0xC000003E, 0x7FFF0000, 0x50001, 0x5000D, 0x50026
CLONE, SOCKET, CLONE3, PTRACE, READ = 56, 41, 435, 101, 0
LOAD, RETURN = 0x20, 0x06
TESTS = {0x15: int.__eq__, 0x35: int.__ge__, 0x45: lambda value, mask: bool(value & mask)}


def decided(code, number, *arguments, architecture=X86_64):
    """What it says of a call, and how many steps that took."""
    words = [struct.unpack_from("=HBBI", code, at) for at in range(0, len(code), 8)]
    data = struct.pack("=IIQ6Q", number, architecture, 0, *arguments, *[0] * (6 - len(arguments)))
    place = value = steps = 0
    while True:
        operation, true, false, operand = words[place]
        steps += 1
        if operation == RETURN:
            return operand, steps
        place += 1
        if operation == LOAD:
            (value,) = struct.unpack_from("=I", data, operand)
        else:
            place += true if TESTS[operation](value, operand) else false


def said(code, *call, **options):
    return decided(code, *call, **options)[0]


@pytest.mark.parametrize("network", [False, True])
def test_each_call_is_allowed_or_refused_as_the_table_says(network):
    code = seccomp.build(network=network).code
    refused = {pair[0] for pair in seccomp._REFUSED.values()}
    for number in range(600):
        if number in refused:
            assert said(code, number) == EPERM, number
        elif number not in {SOCKET, CLONE3}:
            assert said(code, number) == ALLOW, number
    assert said(code, SOCKET, 2) == (ALLOW if network else EACCES)
    assert said(code, SOCKET, 1) == ALLOW
    assert said(code, CLONE3) == ENOSYS


def test_a_fork_is_allowed_and_a_namespace_is_not():
    code = seccomp.build().code
    assert said(code, CLONE, 17) == ALLOW
    assert said(code, CLONE, 0x10000000 | 17) == EPERM


def test_other_architectures_and_the_x32_numbers_are_refused():
    code = seccomp.build().code
    assert said(code, READ, architecture=0x40000003) == EPERM
    assert said(code, 0x40000000 | PTRACE) == EPERM


def test_a_call_is_found_by_halves():
    code = seccomp.build().code
    assert max(decided(code, number)[1] for number in range(600)) < 20
