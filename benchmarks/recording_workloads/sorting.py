"""Sorting lists in place: bubble sort of few numbers, quicksort of many."""

SIZE, SMALL = 16000, 2000


def numbers(count, seed=7):
    values = []
    for _ in range(count):
        seed = (seed * 1103515245 + 12345) % 2147483648
        values.append(seed % 100000)
    return values


def bubble(values):
    end = len(values) - 1
    while end > 0:
        swapped = 0
        for index in range(end):
            if values[index] > values[index + 1]:
                values[index], values[index + 1] = values[index + 1], values[index]
                swapped = index
        end = swapped


def quick(values, low, high):
    while low < high:
        pivot = values[(low + high) // 2]
        left, right = low, high
        while left <= right:
            while values[left] < pivot:
                left += 1
            while values[right] > pivot:
                right -= 1
            if left <= right:
                values[left], values[right] = values[right], values[left]
                left += 1
                right -= 1
        if right - low < high - left:
            quick(values, low, right)
            low = left
        else:
            quick(values, left, high)
            high = right


def run(size=SIZE):
    few = numbers(size // 25)
    many = numbers(size, seed=11)
    bubble(few)
    quick(many, 0, len(many) - 1)
    return few[len(few) // 2], many[0], many[size // 2], many[-1]
