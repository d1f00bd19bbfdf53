"""What ``make bench`` says about a target."""

import pikepdf
import pytest

from benchmarks import proof_pairs
from tools import bench
from tools.bench import Context, is_met


@pytest.mark.parametrize(
    ("value", "target", "met"),
    [
        (1.3, "<= 1.3", True),
        (44, "= 43", False),
        (43, "= 43, as with 40", True),
        (0, "= 0", True),
        (72.1, "<= 1.5 x 48 ms", False),
        (2.0, ">= 1.8 x", True),
        (50, ">= 1.5 x 34.2, send_mail_batch", False),
    ],
)
def test_target(value, target, met):
    """Numbers are compared as they were measured, not as they are shown."""
    assert is_met(value, target) == met


def test_target_without_number():
    """A target that nothing is compared with cannot be written down."""
    with pytest.raises(ValueError, match="as fast as"):
        is_met(1, "as fast as before")


def test_missed_is_listed(capsys):
    """What was missed stands beside its target and in the list at the end."""
    context = Context(None, "template")
    context.row("queries", 44, target="= 43")
    context.row("time", 1.25, "ms", target="< 2")
    assert [row[2] for row in context.rows] == ["= 43: **missed**", "< 2: met"]
    assert context.missed == ["queries: 44, target = 43"]
    assert "missed" in capsys.readouterr().out


def test_what_people_wrote_stays(tmp_path, monkeypatch):
    """Measuring one addon renews its section; the words on top and the other sections stay."""
    monkeypatch.setattr(bench, "BENCHMARKS", tmp_path)
    results = tmp_path / "RESULTS.md"
    results.write_text(
        "# Measured\n\nAn old machine.\n\nHow to read it:\n- slowly\n\nTwice.\n\n## a\n\nold\n\n## b\n\nkept\n"
    )
    for _time in range(2):
        bench._write_results({"a": ([("Reading", "2 s", "", "")], 0.5, "PostgreSQL 18.")})
    text = results.read_text()
    assert text.count("How to read it:\n- slowly\n\nTwice.\n") == 1
    assert "old" not in text.partition("## a")[2]
    assert "## b\n\nkept\n" in text
    assert "| Reading | 2 s |" in text


def test_peer_that_is_not_there(tmp_path, monkeypatch):
    """A machine without qpdf and mutool measures the rest and says what it left out."""
    monkeypatch.setattr(proof_pairs.shutil, "which", lambda name: None)
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(tmp_path / "old.pdf")
    assert proof_pairs.save_again("qpdf", tmp_path)
    assert (tmp_path / "new.pdf").exists()
    assert not proof_pairs.save_again("mutool", tmp_path)
    context = Context(None, "template")
    context.leave_out("pages saved again by mutool", "the program is not installed")
    assert context.rows == [("pages saved again by mutool", "left out", "", "the program is not installed")]
    assert not context.missed
