"""Days, months and years."""

LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]


def leap(year):
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def length(year, month):
    if month == 2 and leap(year):
        return 29
    return LENGTHS[month - 1]


def day_of_year(year, month, day):
    return sum(length(year, earlier) for earlier in range(1, month)) + day


def add_months(year, month, day, count):
    index = year * 12 + month - 1 + count
    year, month = index // 12, index % 12 + 1
    return year, month, min(day, length(year, month))
