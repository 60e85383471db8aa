"""Every refusal's HTTP status, in one table, and the one shape of a refusal: ``{"message", "code", "details"}``."""

from __future__ import annotations

from typing import Any

from trailbook.domain.errors import (
    Conflict,
    CourseError,
    Invalid,
    NotAllowed,
    NotFound,
    ProblemsFound,
    TooLarge,
    TooSoon,
    Unavailable,
)

STATUS: dict[str, int] = {
    # who asks, and how
    "not_signed_in": 401,
    "sign_in_failed": 400,
    "sign_in_unavailable": 503,
    "no_access": 403,
    "cross_site": 403,
    "service_not_allowed": 403,
    "not_in_course": 403,
    "not_instructor": 403,
    "not_staff": 403,
    "lesson_locked": 403,
    # the request itself
    "not_json": 400,
    "invalid_request": 422,
    "not_found": 404,
    "method_not_allowed": 405,
    "too_large": 413,
    "too_many_events": 413,
    "internal_error": 500,
    # what it names
    "unknown_course": 404,
    "unknown_lesson": 404,
    "unknown_exercise": 404,
    "unknown_attempt": 404,
    "unknown_template": 404,
    "unknown_module": 404,
    "unknown_learner": 404,
    "unknown_group": 404,
    "unknown_override": 404,
    "not_released": 404,
    "no_notebooks": 404,
    "no_manifest": 404,
    # what it carries
    "bad_key": 422,
    "bad_text": 422,
    "bad_event": 422,
    "bad_name": 422,
    "bad_path": 422,
    "unknown_cell": 422,
    "unknown_version": 422,
    "missing_answer": 422,
    "hand_in_needed": 422,
    "key_reused": 409,
    "bad_override": 422,
    "already_withdrawn": 409,
    "too_many_attempts": 429,
    "cooling_down": 429,
    # what learners take on
    "bad_purpose": 422,
    "nothing_to_ask": 422,
    "already_open": 409,
    "already_known": 409,
    "locked_by_staff": 403,
    "only_lent": 403,
    "no_own_ways": 403,
    "test_out_again": 429,
    "unknown_sitting": 404,
    "sitting_ended": 409,
    "not_asked": 409,
    "bad_question": 422,
    "bad_preferences": 422,
    # a course folder
    "problems_found": 422,
    "no_course_folder": 422,
    "course_unusable": 422,
    "course_twice": 422,
    "no_json": 422,
    "no_notebook": 422,
    "empty_file": 422,
    "merge_conflict": 422,
    "too_many_values": 413,
    "late_plugin": 422,
    "not_a_real_file": 422,
    "file_too_large": 413,
    "already_adopted": 409,
    "folder_not_empty": 409,
    # the installation: settings, database, sandbox, gradebook, hub
    "bad_setting": 422,
    "unknown_setting": 422,
    "unreadable_settings": 422,
    "bad_database_url": 422,
    "gradebook_address": 422,
    "dask_without_tls": 422,
    "weak_token": 422,
    "no_hub": 422,
    "schema_outdated": 409,
    "schema_newer": 409,
    "foreign_tables": 409,
    "database_unavailable": 503,
    "folder_unavailable": 503,
    "gradebook_unavailable": 503,
    "gradebook_schema": 503,
    "grading_failed": 503,
    "hub_unavailable": 503,
    "service_unavailable": 503,
    "no_workers": 503,
    "too_busy": 503,
    "bad_blob_address": 422,
    "bad_environment": 422,
    "keys_exist": 409,
    "address_in_use": 503,
    "worker_lost": 503,
    "missing_resource": 503,
    "no_sandbox": 503,
    "bad_minutes": 422,
    "bad_receipt": 422,
    "bad_key_file": 422,
    "no_receipt": 404,
    "unknown_key": 404,
    "disk_full": 503,
    "no_keys": 404,
    "no_file": 422,
    "no_log": 404,
    "log_columns": 422,
    "log_row": 422,
    "log_unreadable": 422,
    "too_few_learners": 422,
    "nobody_held_out": 422,
    "unknown_model": 422,
    "too_little_data": 422,
    "nothing_to_fit": 422,
    "no_fit_packages": 503,
    "not_better": 409,
    "other_model": 409,
    "model_changed": 409,
    "nothing_to_undo": 409,
    "nbgrader_failed": 503,
    "content_missing": 503,
    "content_damaged": 503,
}
"""Status by code. A code that is missing here is answered by its class, and a test fails until it is added."""

_STATUS_BY_CLASS: tuple[tuple[type[CourseError], int], ...] = (
    (NotFound, 404),
    (NotAllowed, 403),
    (Conflict, 409),
    (TooLarge, 413),
    (ProblemsFound, 422),
    (Invalid, 422),
    (TooSoon, 429),
    (Unavailable, 503),
)


def status_of(error: CourseError) -> int:
    """Return the HTTP status of a refusal."""
    if error.code in STATUS:
        return STATUS[error.code]
    return next((status for kind, status in _STATUS_BY_CLASS if isinstance(error, kind)), 500)


def body_of(error: CourseError) -> dict[str, Any]:
    """Return the JSON body of a refusal."""
    return {"message": error.message, "code": error.code, "details": error.details}
