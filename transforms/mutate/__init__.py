"""Typed edits of statements: the repertoire of offline repair, one file per family."""

from tracepy.transforms.mutate.base import Draft as Draft
from tracepy.transforms.mutate.base import Facts as Facts
from tracepy.transforms.mutate.base import Family as Family
from tracepy.transforms.mutate.base import Mutation as Mutation
from tracepy.transforms.mutate.base import Site as Site
from tracepy.transforms.mutate.repertoire import FAMILIES as FAMILIES
from tracepy.transforms.mutate.repertoire import mutations as mutations
from tracepy.transforms.mutate.repertoire import mutations_of as mutations_of
from tracepy.transforms.mutate.repertoire import sites as sites
