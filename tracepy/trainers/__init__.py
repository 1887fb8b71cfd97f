"""Trainers: the loop round an optimizer, and which program its next candidates start from."""

from tracepy.trainers.loop import Judging as Judging
from tracepy.trainers.loop import Trainer as Trainer
from tracepy.trainers.racing import Racing as Racing
from tracepy.trainers.registry import Shape as Shape
