"""Trainers: the shape of the loop round an optimizer."""

from tracepy.trainers.greedy import Greedy as Greedy
from tracepy.trainers.racing import Racing as Racing
