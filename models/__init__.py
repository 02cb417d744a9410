"""The learned judgement: documents in, assessments with their reasons out."""

from models.artifacts import ArtifactError, load, load_shipped, save
from models.classifier import Classifier
from models.evaluation import evaluate, read_labelled, report
from models.facts import find_facts
from models.gazetteer import region_name
from models.names import mask_names
from models.parallel import Crew, CrewError
from models.places import find_place
from models.records import (
    FORMS,
    ISSUES,
    REALIS,
    Assessment,
    Count,
    Document,
    Evaluation,
    Evidence,
    EvidenceKind,
    Example,
    Facts,
    Interval,
    Label,
    Place,
    PlaceKind,
)
from models.similarity import group_same, same_text, signature
from models.text import Normalised, normalise
from models.training import train

__all__ = [
    "FORMS",
    "ISSUES",
    "REALIS",
    "ArtifactError",
    "Assessment",
    "Classifier",
    "Count",
    "Crew",
    "CrewError",
    "Document",
    "Evaluation",
    "Evidence",
    "EvidenceKind",
    "Example",
    "Facts",
    "Interval",
    "Label",
    "Normalised",
    "Place",
    "PlaceKind",
    "evaluate",
    "find_facts",
    "find_place",
    "group_same",
    "load",
    "load_shipped",
    "mask_names",
    "normalise",
    "read_labelled",
    "region_name",
    "report",
    "same_text",
    "save",
    "signature",
    "train",
]
