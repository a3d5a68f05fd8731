"""`python3 python-api-client.py ACTION TABLE`: Google's API client for Python, made from the discovery document that it is served."""

import os
import sys
import uuid

import google.oauth2.credentials
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError
from googleapiclient.http import MediaFileUpload, MediaInMemoryUpload

PROJECT = "acme"
SQL = os.environ["SQL"]


def connect():
    """The library's own address of the document leads through the proxy door; for the others it is told another."""
    host = os.environ.get("BIGQUERY_EMULATOR_HOST")
    told = {} if host is None else {"discoveryServiceUrl": host + "/$discovery/rest?version={apiVersion}"}
    token = google.oauth2.credentials.Credentials(os.environ["ACCESS_TOKEN"])
    return build("bigquery", "v2", credentials=token, cache_discovery=False, **told)


bigquery = connect()


def query(sql, **options):
    """All rows of a statement, by jobs.query and as many getQueryResults as it takes."""
    answer = bigquery.jobs().query(projectId=PROJECT, body={"query": sql, "useLegacySql": False, **options}).execute()
    reference = answer["jobReference"]
    rows = answer.get("rows", [])
    while not answer["jobComplete"] or "pageToken" in answer:
        page = {"pageToken": answer["pageToken"]} if "pageToken" in answer else {}
        answer = bigquery.jobs().getQueryResults(projectId=PROJECT, jobId=reference["jobId"], maxResults=1000, **page).execute()
        rows += answer.get("rows", [])
    return [[cell["v"] for cell in row["f"]] for row in rows], reference


def insert(configuration, **media):
    reference = {"projectId": PROJECT, "jobId": "python_" + uuid.uuid4().hex}
    return bigquery.jobs().insert(projectId=PROJECT, body={"jobReference": reference, "configuration": configuration}, **media)


def finish(job):
    while job["status"]["state"] != "DONE":
        job = bigquery.jobs().get(projectId=PROJECT, jobId=job["jobReference"]["jobId"]).execute()
    return job


def parameters():
    def value(name, kind, text):
        return {"name": name, "parameterType": {"type": kind}, "parameterValue": {"value": text}}

    given = [value("whole", "INT64", "41"), value("text", "STRING", "o'hara"), value("flag", "BOOL", "true")]
    return query(SQL, parameterMode="NAMED", queryParameters=given)[0]


def paging():
    rows, _ = query(SQL, maxResults=1000)
    return "%d rows, sum %d" % (len(rows), sum(int(row[0]) for row in rows))


def dml(table):
    query("CREATE OR REPLACE TABLE `acme.scratch.%s` (n INT64)" % table)
    _, reference = query("INSERT INTO `acme.scratch.%s` (n) VALUES (1), (2), (3)" % table)
    job = bigquery.jobs().get(projectId=PROJECT, jobId=reference["jobId"]).execute()
    return "%s rows affected" % job["statistics"]["query"]["numDmlAffectedRows"]


def dry_run():
    job = insert({"dryRun": True, "query": {"query": SQL, "useLegacySql": False}}).execute()
    return "%s bytes" % job["statistics"]["totalBytesProcessed"]


def list_all():
    datasets = bigquery.datasets().list(projectId=PROJECT).execute()["datasets"]
    tables = bigquery.tables().list(projectId=PROJECT, datasetId="shop").execute()["tables"]
    return [each["id"] for each in datasets], [each["id"] for each in tables]


def load(table):
    """Once in chunks of a resumable upload, once in one multipart request: the same rows, replaced."""
    configuration = {
        "load": {
            "destinationTable": {"projectId": PROJECT, "datasetId": "scratch", "tableId": table + "_loaded"},
            "sourceFormat": "NEWLINE_DELIMITED_JSON",
            "autodetect": True,
            "writeDisposition": "WRITE_TRUNCATE",
        }
    }
    path = os.environ["LOAD_FILE"]
    request = insert(configuration, media_body=MediaFileUpload(path, mimetype="application/octet-stream", resumable=True))
    job = None
    while job is None:
        _, job = request.next_chunk()
    finish(job)
    with open(path, "rb") as file:
        whole = MediaInMemoryUpload(file.read(), mimetype="application/octet-stream")
    job = finish(insert(configuration, media_body=whole).execute())
    return "%s rows, %s" % (job["statistics"]["load"]["outputRows"], job["status"]["state"])


def cancel():
    job = insert({"query": {"query": SQL, "useLegacySql": False}}).execute()
    reference = job["jobReference"]
    bigquery.jobs().cancel(projectId=PROJECT, jobId=reference["jobId"]).execute()
    return finish(job)["status"]


def run(action, table):
    actions = {
        "parameters": parameters,
        "paging": paging,
        "dml": lambda: dml(table),
        "dryRun": dry_run,
        "list": list_all,
        "load": lambda: load(table),
        "cancel": cancel,
    }
    return actions.get(action, lambda: query(SQL)[0])()


try:
    print(run(sys.argv[1], sys.argv[2]))
except HttpError as error:
    print(error)
