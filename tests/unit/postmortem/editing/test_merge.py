# SPDX-License-Identifier: Apache-2.0
"""How new evidence gets into an edited narrative, case by case."""

from __future__ import annotations

import pytest

from cost_slo.domain.postmortem.editing.lines import (
    draft_of,
    incident_of,
    parse,
    stamped,
    texts,
    with_lines,
)
from cost_slo.domain.postmortem.editing.merge import Merged, Told, merge, still_holds

HEAD = '---\nincident: "web-2026-09"\nexcess: "12"\n---\n\n# Cost incident: web $12.00 above pace\n'
SUMMARY = "- Spent $12.00 of $90.00. _[measured E1]_"
RUN_RATE = "- Daily run-rate: $4.00 on average. _[measured E1]_"
QUESTION = "- Question to platform: who felt the rise in Bedrock? _[unknown]_"
HEADER = (
    "| # | Item | Owner | Due | Priority | Expected effect | Status |",
    "|--:|---|---|---|---|---|---|",
)


def draft(*lines: str, head: str = HEAD) -> str:
    return "\n".join((head, "## Cost impact", "", *lines)) + "\n"


def merged(base: str, theirs: str, ours: str) -> Merged:
    found = merge(base, theirs, ours)
    again = merge(ours, found.text, ours)
    assert again.text == found.text
    return found


def section(found: Merged) -> list[str]:
    return found.text.split("## Cost impact\n\n")[1].splitlines()


def test_a_line_nobody_touched_is_told_anew_and_words_beside_it_stay() -> None:
    base, new = draft(SUMMARY, RUN_RATE), draft(SUMMARY.replace("12", "30"), RUN_RATE)
    theirs = draft(SUMMARY, "  A load test, agreed on Monday.", RUN_RATE, "", "See the board.")

    found = merged(base, theirs, new)

    assert section(found) == [
        SUMMARY.replace("12", "30"),
        "  A load test, agreed on Monday.",
        RUN_RATE,
        "",
        "See the board.",
    ]
    assert (found.suggested, found.kept) == ((), ())


def test_where_both_changed_a_line_the_words_stay_and_the_new_line_is_suggested() -> None:
    words = "- Spent about $12 of $90.00, the load test alone. _[measured E1]_"
    newer = SUMMARY.replace("12", "30")

    found = merged(draft(SUMMARY, RUN_RATE), draft(words, RUN_RATE), draft(newer, RUN_RATE))

    assert section(found) == [words, f"<!-- cost-slo now: {newer} -->", RUN_RATE]
    assert found.suggested == (Told(11, newer),)


def test_a_suggestion_is_kept_up_to_date_and_never_doubled() -> None:
    words = "- Spent about $12 of $90.00, the load test alone. _[measured E1]_"
    drafts = [draft(SUMMARY.replace("12", spent), RUN_RATE) for spent in ("12", "30", "41")]

    second = merged(drafts[0], draft(words, RUN_RATE), drafts[1]).text
    third = merged(drafts[1], second, drafts[2])

    newest = SUMMARY.replace("12", "41")
    assert section(third) == [words, f"<!-- cost-slo now: {newest} -->", RUN_RATE]


def test_a_suggestion_goes_when_the_draft_no_longer_tells_it() -> None:
    base = draft(SUMMARY, RUN_RATE)
    theirs = draft("Our words.", f"<!-- cost-slo now: {SUMMARY} -->", RUN_RATE)

    assert section(merged(base, theirs, draft(RUN_RATE))) == ["Our words.", RUN_RATE]


def test_a_suggestion_whose_line_ends_a_comment_comes_back_whole() -> None:
    line = "- Source --> a | b. _[measured E1]_"
    words = "- Source --> a, b and others. _[measured E1]_"
    newer = line.replace("a |", "c |")

    found = merged(draft(line), draft(words), draft(newer))
    later = merged(draft(newer), found.text, draft(line))

    assert section(found)[1] == f"<!-- cost-slo now: {newer.replace('-->', '--&gt;')} -->"
    assert section(later)[1] == f"<!-- cost-slo now: {line.replace('-->', '--&gt;')} -->"


def test_what_people_deleted_stays_deleted_even_when_its_figures_change() -> None:
    base, new = draft(SUMMARY, RUN_RATE), draft(SUMMARY, RUN_RATE.replace("4", "5"))

    assert section(merged(base, draft(SUMMARY), new)) == [SUMMARY]


def test_an_answered_question_stays_with_its_answer_when_it_is_no_longer_asked() -> None:
    theirs = draft(SUMMARY, QUESTION, "", "  Nobody outside the company.", "", RUN_RATE)

    found = merged(draft(SUMMARY, QUESTION, RUN_RATE), theirs, draft(SUMMARY, RUN_RATE))

    assert section(found) == theirs.split("## Cost impact\n\n")[1].splitlines()
    assert [kept.text for kept in found.kept] == [QUESTION]


def test_an_answered_question_that_is_asked_otherwise_keeps_its_words() -> None:
    base, asked = draft(QUESTION, RUN_RATE), QUESTION.replace("Bedrock", "Lambda")
    theirs = draft(QUESTION, "- Answer: nobody.", RUN_RATE)

    found = merged(base, theirs, draft(asked, RUN_RATE))

    hint = f"<!-- cost-slo now: {asked} -->"
    assert section(found) == [QUESTION, "- Answer: nobody.", hint, RUN_RATE]


def test_an_open_question_that_is_no_longer_asked_goes() -> None:
    base = draft(SUMMARY, QUESTION, RUN_RATE)

    assert section(merged(base, base, draft(SUMMARY, RUN_RATE))) == [SUMMARY, RUN_RATE]


def test_a_measured_line_that_is_gone_stays_under_a_remark_and_goes_before_another_item() -> None:
    base, new = draft(SUMMARY, RUN_RATE), draft(SUMMARY)

    remark = merged(base, draft(SUMMARY, RUN_RATE, "  Weekends apart."), new)
    item = merged(base, draft(SUMMARY, RUN_RATE, "- Ours."), new)

    assert section(remark) == [SUMMARY, RUN_RATE, "  Weekends apart."]
    assert section(item) == [SUMMARY, "- Ours."]


def test_a_new_line_comes_after_the_remark_on_the_line_before_it() -> None:
    theirs = draft(SUMMARY, "  A load test.", "", "The end.")

    found = merged(draft(SUMMARY, ""), theirs, draft(SUMMARY, RUN_RATE, ""))

    assert section(found) == [SUMMARY, "  A load test.", RUN_RATE, "", "The end."]


def test_a_new_row_stays_in_its_table_and_a_suggestion_about_a_row_goes_below_it() -> None:
    table = ("| When (UTC) | What |", "|---|---|", "| 09:00 | alert sent |")
    theirs = draft(*table[:2], "| 09:00 | alert sent, to nobody |", "Told by the pager.", "")
    ours = draft(*table[:2], "| 09:00 | alert sent twice |", "| 10:00 | closed |", "")

    found = merged(draft(*table, ""), theirs, ours)

    assert (
        section(found)
        == [
            *table[:2],
            "| 09:00 | alert sent, to nobody |",
            "| 10:00 | closed |",
            "<!-- cost-slo now: | 09:00 | alert sent twice | -->",
            "Told by the pager.",
        ]
        or section(found)[-1] == ""
    )


def evidence(*numbers: int) -> tuple[str, ...]:
    rows = (f"| E{number} | daily cost | {number + 10} | seen |" for number in numbers)
    return "", "## Evidence", "", "| Id | What | Rows | Revision |", "|---|---|--:|---|", *rows


def test_a_row_of_evidence_stays_while_a_line_that_people_wrote_cites_it() -> None:
    said = "- Spent $12.00 of $90.00, the load test alone. _[measured E2]_"
    base = draft(SUMMARY.replace("E1", "E2"), RUN_RATE, *evidence(1, 2))
    newer = draft(SUMMARY.replace("E1", "E4"), RUN_RATE, *evidence(1, 4))
    newest = draft(SUMMARY.replace("E1", "E2"), RUN_RATE, *evidence(1, 2))

    second = merged(base, draft(said, RUN_RATE, *evidence(1, 2)), newer)
    third = merged(newer, second.text, newest)

    assert second.text.endswith("\n".join(evidence(1, 2, 4)[1:]) + "\n")
    assert third.text.endswith("\n".join(evidence(1, 2)[1:]) + "\n")


def test_a_row_of_evidence_that_is_cited_comes_above_a_later_one() -> None:
    said = "- Spent $12.00 of $90.00, the load test alone. _[measured E2]_"
    base = draft(SUMMARY.replace("E1", "E2"), *evidence(2))

    found = merged(base, draft(said, *evidence(2)), draft(RUN_RATE, *evidence(4)))

    assert found.text.endswith("\n".join(evidence(2, 4)[1:]) + "\n")


def test_a_row_of_evidence_that_is_cited_outlives_its_table() -> None:
    said = "- Spent $12.00 of $90.00, the load test alone. _[measured E2]_"
    base = draft(SUMMARY.replace("E1", "E2"), *evidence(2))

    found = merged(base, draft(said, *evidence(2)), draft(SUMMARY.replace("E1", "E3")))

    assert found.text.endswith(f"{evidence(2)[-1]}\n")


def test_a_row_of_evidence_that_nobody_cites_any_more_goes() -> None:
    base = draft(SUMMARY.replace("E1", "E2"), *evidence(2))

    found = merged(base, base, draft(SUMMARY.replace("E1", "E4"), *evidence(4)))

    assert found.text == draft(SUMMARY.replace("E1", "E4"), *evidence(4))


def test_a_new_bullet_waits_until_the_words_below_a_table_are_over() -> None:
    table = ("| When (UTC) | What |", "|---|---|", "| 09:00 | alert sent |")

    found = merged(
        draft(*table), draft(*table, "Told by the pager."), draft(*table, "- Nobody looked.")
    )

    assert section(found) == [*table, "Told by the pager.", "- Nobody looked."]


def test_a_table_that_an_editor_laid_out_anew_is_still_the_draft_s() -> None:
    base = draft("| Service | After |", "|---|--:|", "| S3 | $3.00 |")
    theirs = draft("| Service | After  |", "| ------- | -----: |", "| S3      | $3.00  |")
    ours = draft("| Service | After |", "|---|--:|", "| S3 | $4.00 |")

    found = merged(base, theirs, ours)

    assert section(found) == [*section(Merged(theirs, (), ()))[:2], "| S3 | $4.00 |"]


def test_a_field_that_people_changed_gets_its_suggestion_as_a_yaml_comment() -> None:
    newer = HEAD.replace('"12"', '"30"')

    found = merged(
        draft(SUMMARY), draft(SUMMARY).replace('"12"', '"13"'), draft(SUMMARY, head=newer)
    )

    fields = found.text.splitlines()[1:4]
    assert fields == ['incident: "web-2026-09"', 'excess: "13"', '# cost-slo now: excess: "30"']


# Action items ------------------------------------------------------------------------------------

SUGGESTED = "| - | Cap the retries at 2 | platform | 30 Nov 2026 | P2 | $9 a day less | suggested |"
CAP = "| 1 | Cap the retries | platform | 30 Nov 2026 | P2 | $9 a day less | open |"
ALARM = "| 2 | Alarm on retries | on-call | 1 Dec 2026 | P2 | - | open |"


def items(*rows: str) -> str:
    return draft(*HEADER, *rows, "")


def rows_of(found: Merged) -> list[str]:
    return section(found)[2:-1]


def test_a_row_that_people_wrote_and_synced_is_not_told_twice() -> None:
    words = "| | Alarm on retries | on-call | 2026-12-01 | | | |"

    found = merged(items(CAP), items(CAP, words), items(CAP, ALARM))

    assert rows_of(found) == [CAP, words]


def test_news_of_a_row_that_people_wrote_is_suggested_below_the_table() -> None:
    words = "| | Alarm on retries | on-call | 2026-12-01 | | | |"
    done = ALARM.replace("open", "done")

    found = merged(items(CAP, ALARM), items(CAP, words), items(CAP, done))

    assert rows_of(found) == [CAP, words, f"<!-- cost-slo now: {done} -->"]


def test_a_numbered_row_that_the_record_holds_is_told_as_it_stands_today() -> None:
    words = "| 2 | Alarm on retries | on-call | 2026-12-01 | P2 | | open |"
    late = ALARM.replace("open", "overdue")

    first = merged(items(CAP), items(words, CAP), items(late, CAP))
    later = merged(items(CAP, ALARM), items(CAP, words), items(late, CAP))

    assert rows_of(first) == [late, CAP]
    assert rows_of(later) == [CAP, late]


def test_a_row_that_people_set_to_done_is_not_opened_again() -> None:
    words = ALARM.replace("open", "done")

    assert rows_of(merged(items(CAP, ALARM), items(CAP, words), items(ALARM, CAP))) == [CAP, words]


def test_an_item_that_moved_up_is_not_told_beside_the_row_that_people_edited() -> None:
    words, late = ALARM.replace("Alarm on", "Page for"), ALARM.replace("open", "overdue")

    found = merged(items(CAP, ALARM), items(CAP, words), items(late, CAP))

    assert rows_of(found) == [CAP, words, f"<!-- cost-slo now: {late} -->"]


def test_agreed_items_take_the_place_of_suggestions_nobody_touched() -> None:
    assert rows_of(merged(items(SUGGESTED), items(SUGGESTED), items(CAP, ALARM))) == [CAP, ALARM]


def test_a_row_without_an_item_is_a_line_like_any_other() -> None:
    empty = "| | | platform | | | | |"

    assert rows_of(merged(items(CAP), items(CAP, empty), items(CAP, ALARM))) == [CAP, empty, ALARM]


def test_an_adopted_suggestion_stays_as_people_wrote_it() -> None:
    words = SUGGESTED.replace("suggested", "open").replace("30 Nov", "7 Dec")

    found = merged(items(SUGGESTED), items(words), items(ALARM))

    assert rows_of(found) == [words, ALARM]


def test_an_item_whose_row_was_deleted_does_not_come_back() -> None:
    done = ALARM.replace("open", "done")

    assert rows_of(merged(items(CAP, ALARM), items(CAP), items(CAP, done))) == [CAP]


# Sections ----------------------------------------------------------------------------------------


def whole(**sections: str) -> str:
    parts = [f"## {title}\n\n{text}\n" for title, text in sections.items()]
    return HEAD + "\n" + "\n".join(parts)


def titles(text: str) -> list[str]:
    return [section.title for section in parse(text).sections][2:]


def test_sections_stay_in_the_order_people_gave_them_and_are_told_anew_there() -> None:
    base = whole(Impact=SUMMARY, Trigger=QUESTION)

    found = merged(
        base,
        whole(Trigger=QUESTION, Ours="Words.", Impact=SUMMARY),
        whole(Impact=SUMMARY.replace("12", "30"), Trigger=QUESTION),
    )

    assert titles(found.text) == ["Trigger", "Ours", "Impact"]
    assert SUMMARY.replace("12", "30") in found.text


def test_a_section_is_known_under_the_name_that_people_gave_it() -> None:
    base, new = whole(Impact=SUMMARY), whole(Impact=SUMMARY.replace("12", "30"))

    found = merged(base, base.replace("## Impact", "## What it cost"), new)

    assert found.text == new.replace("## Impact", "## What it cost")


def test_a_new_section_comes_after_the_one_it_follows_and_a_deleted_one_stays_away() -> None:
    base = whole(Impact=SUMMARY, Trigger=QUESTION)
    ours = whole(Impact=SUMMARY, Effects=RUN_RATE, Trigger=QUESTION, Review="- Agenda.")

    found = merged(base, whole(Impact=SUMMARY, Ours="Words."), ours)

    assert titles(found.text) == ["Impact", "Effects", "Review", "Ours"]


def test_a_section_of_their_own_meets_one_of_the_draft_s_with_the_same_title() -> None:
    found = merged(whole(), whole(Review="Words."), whole(Review="- Agenda."))

    assert titles(found.text) == ["Review"]
    assert [line in found.text for line in ("Words.", "- Agenda.")] == [True, True]


@pytest.mark.parametrize(("text", "left"), [(QUESTION, []), (f"{QUESTION}\nNobody.", ["Trigger"])])
def test_a_section_that_is_told_no_more_goes_unless_people_wrote_in_it(
    text: str, left: list[str]
) -> None:
    base = whole(Impact=SUMMARY, Trigger=QUESTION)

    found = merged(base, whole(Impact=SUMMARY, Trigger=text), whole(Impact=SUMMARY))

    assert titles(found.text) == ["Impact", *left]


def test_a_heading_within_code_is_no_section() -> None:
    code = "````\n```\n## not one\n````"

    assert titles(f"{HEAD}\n## Notes\n\n{code}\n\n## More\n") == ["Notes", "More"]
    assert titles(f"{HEAD}\n## Notes\n\n```\nnever closed\n\n## More\n") == ["Notes", "More"]


PROOF = '```json\n{"facts": [{"spend": 12}],\n\n "claims": []}\n```'


def test_a_block_of_code_is_told_anew_as_a_whole_when_nobody_touched_it() -> None:
    base, new = draft(SUMMARY, "", PROOF), draft(SUMMARY, "", PROOF.replace("12", "30"), "")

    found = merge(base, draft(SUMMARY, "Words.", "", PROOF).replace("\n", "\r\n"), new).text

    expected = draft(SUMMARY, "Words.", "", PROOF.replace("12", "30"), "")
    assert found == expected.replace("\n", "\r\n")


def test_a_block_of_code_that_people_edited_stays_whole_and_gets_no_suggestion() -> None:
    words = PROOF.replace("spend", "spent")
    base, new = draft(SUMMARY, "", PROOF), draft(SUMMARY, "", PROOF.replace("12", "30"))

    found = merged(base, draft(SUMMARY, "", words), new)

    assert found.text == draft(SUMMARY, "", words)


def test_words_below_a_block_of_code_are_counted_in_their_line() -> None:
    newer = SUMMARY.replace("12", "30")
    words = SUMMARY.replace("Spent", "We spent")

    found = merged(draft(SUMMARY), draft("~~~", "a", "~~~", words), draft(newer))

    assert found.suggested == (Told(14, newer),)
    assert found.text.splitlines()[13] == f"<!-- cost-slo now: {newer} -->"


# The file ----------------------------------------------------------------------------------------


def test_a_byte_order_mark_and_windows_lines_survive() -> None:
    base, new = draft(SUMMARY), draft(SUMMARY.replace("12", "30"), RUN_RATE)
    theirs = "\ufeff" + draft(SUMMARY, "Words.").replace("\n", "\r\n")

    found = merge(base, theirs, new).text

    expected = draft(SUMMARY.replace("12", "30"), "Words.", RUN_RATE)
    assert found == "\ufeff" + expected.replace("\n", "\r\n")


def test_lines_are_changed_in_place() -> None:
    text = "\ufeffone\r\n\r\nthree\nfour"

    assert texts(text) == ["\ufeffone", "", "three", "four"]
    assert with_lines(text, {2: "drei", 3: "vier"}) == "\ufeffone\r\n\r\ndrei\nvier"


def test_an_emptied_file_stays_empty() -> None:
    assert merge(draft(SUMMARY), "", draft(RUN_RATE)).text == ""


def test_a_draft_names_itself_and_its_incident() -> None:
    text = draft(SUMMARY)

    drafts = {draft_of(stamped(text)), draft_of(stamped(text + "more"))}

    assert len(drafts) == 2
    assert draft_of(text) is None
    assert incident_of(stamped(text)) == "web-2026-09"
    assert draft_of(stamped(text).replace("\n", "\r\n")) in drafts
    assert [incident_of(other) for other in ("", "# Words\n", "---\nnever closed\n")] == [None] * 3


def test_a_drafted_section_still_stands_under_its_title_or_with_its_lines() -> None:
    base = draft(SUMMARY, RUN_RATE)

    renamed = base.replace("## Cost impact", "## What it cost")
    words = f"{HEAD}## Cost impact\n\nWords.\n"

    assert all(still_holds(base, theirs, "Cost impact") for theirs in (base, renamed, words))
    assert not still_holds(base, HEAD, "Cost impact")
    assert not still_holds(HEAD, words, "Cost impact")
