"""AWS's own client library as the oracle of the wire crate.

For every operation of every service: botocore writes a random request and signs it, and we must read the
same values; we write a random output, and botocore must read the same values. Besides that: presigned
requests, odd paths and query strings, our signatures against botocore's, and faults.

Questions go to standard output and answers come from standard input, one line of JSON each.
usage: oracle.py SEED
"""

import base64
import json
import pathlib
import random
import string
import sys
import time
import urllib.parse

import botocore
import botocore.awsrequest
import botocore.auth
import botocore.credentials
import botocore.model
import botocore.parsers
import botocore.serialize
import botocore.session

from values import Values, canonical, without_empty_structures

assert botocore.__version__ == "1.44.5", botocore.__version__

HOST = "localhost:4780"
KEY = "AKIDEXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
TOKEN = "token+of/session=="
REQUEST_ID = "7a62c49f-347e-4fc4-9331-6e8eEXAMPLE"
REPEATS_OF_ECS = 4
REPEATS_OF_SMALL_SERVICES = 60

failures = 0


def ask(**question):
    """Asks the process under test."""
    print(json.dumps(question), flush=True)
    return json.loads(sys.stdin.readline())


def check(what, want, got):
    """Reports a difference."""
    global failures
    if want != got:
        failures += 1
        if failures <= 5:
            print(f"{what}\n  want {want!r}\n  got  {got!r}", file=sys.stderr)


def credentials():
    token = random.choice([None, TOKEN])
    return botocore.credentials.Credentials(KEY, SECRET, token)


def sendable(request):
    """A signed request in the form in which it is asked about."""
    prepared = request.prepare()
    parts = urllib.parse.urlsplit(prepared.url)
    body = prepared.body or b""
    body = body.encode() if isinstance(body, str) else body
    headers = [[name, text(value)] for name, value in prepared.headers.items()]
    return {
        "method": prepared.method,
        "path": parts.path or "/",
        "query": parts.query,
        "headers": headers + [["Host", HOST]],
        "body": base64.b64encode(body).decode(),
    }


def text(value):
    return value.decode() if isinstance(value, bytes) else value


class Service:
    """One service in one protocol."""

    def __init__(self, name, protocol, model):
        self.name = name
        self.protocol = protocol
        self.model = model
        family = protocol.split("-")[0]
        self.serializer = botocore.serialize.create_serializer(
            family, include_validation=False, timestamp_precision="millisecond"
        )
        self.parser = botocore.parsers.create_parser(family)

    @property
    def is_form(self):
        return self.protocol == "query"

    def wanted(self, value):
        # A form has no way to say that a structure is there but empty.
        return without_empty_structures(value) if self.is_form else value

    def check_request(self, operation):
        shape = operation.input_shape
        value = Values(for_xml=False).of(shape) if shape else {}
        request_dict = self.serializer.serialize_to_request(value, operation)
        botocore.awsrequest.prepare_request_dict(request_dict, f"http://{HOST}")
        request = botocore.awsrequest.create_request_object(request_dict)
        region = random.choice(["us-east-1", "eu-central-1"])
        signer = botocore.auth.SigV4Auth(credentials(), self.model.signing_name, region)
        signer.add_auth(request)
        answer = ask(ask="call", now_ms=int(time.time() * 1000), request=sendable(request))
        what = f"{self.name} {self.protocol} {operation.name} request"
        want = {
            "service": self.name,
            "operation": operation.name,
            "key": KEY,
            "region": region,
            "input": self.wanted(canonical(shape, value) if shape else {}),
        }
        if "input" in answer:
            answer["input"] = self.wanted(json.loads(answer["input"]))
        check(what, want, answer)

    def check_answer(self, operation):
        shape = operation.output_shape
        value = Values(for_xml=self.is_form).of(shape) if shape else {}
        want = canonical(shape, value) if shape else {}
        answer = ask(
            ask="answer",
            service=self.name,
            protocol=self.protocol,
            operation=operation.name,
            output=json.dumps(want),
        )
        parsed = self.parse(answer, shape)
        metadata = parsed.pop("ResponseMetadata")
        what = f"{self.name} {self.protocol} {operation.name} answer"
        check(what, want, canonical(shape, parsed) if shape else parsed)
        check(f"{what}: status", 200, metadata["HTTPStatusCode"])
        check(f"{what}: request id", REQUEST_ID, metadata["RequestId"])

    def check_fault(self):
        code = random.choice(["ClientException", "InvalidAction"])
        message = "No: " + Values(for_xml=self.is_form).text()
        status = random.choice([400, 403, 500])
        answer = ask(
            ask="fail", service=self.name, protocol=self.protocol, code=code, message=message, status=status
        )
        parsed = self.parse(answer, None)
        metadata = parsed["ResponseMetadata"]
        got = (parsed["Error"]["Code"], parsed["Error"]["Message"], metadata["HTTPStatusCode"])
        check(f"{self.name} {self.protocol} fault", (code, message, status), got)
        check(f"{self.name} {self.protocol} fault: request id", REQUEST_ID, metadata["RequestId"])

    def parse(self, answer, shape):
        headers = {name.lower(): value for name, value in answer["headers"]}
        response = {"status_code": answer["status"], "headers": headers, "body": answer["body"].encode()}
        return self.parser.parse(response, shape)

    def check_all(self):
        for name in self.model.operation_names:
            operation = self.model.operation_model(name)
            self.check_request(operation)
            self.check_answer(operation)
        self.check_fault()


def check_presigned():
    """STS as clusters use it: a URL that proves who made it."""
    url = f"http://{HOST}/?Action=GetCallerIdentity&Version=2011-06-15"
    request = botocore.awsrequest.AWSRequest("GET", url)
    signer = botocore.auth.SigV4QueryAuth(credentials(), "sts", "us-east-1", random.randint(1, 604800))
    signer.add_auth(request)
    signed = sendable(request)
    now_ms = int(time.time() * 1000)
    answer = ask(ask="call", now_ms=now_ms, request=signed)
    check("presigned", "GetCallerIdentity", answer.get("operation", answer))
    signed["query"] = signed["query"].replace("GetCallerIdentity", "GetSessionToken")
    answer = ask(ask="verify", now_ms=now_ms, service="sts", request=signed)
    check("presigned and changed", True, answer["error"] is not None)


def odd_request():
    """A request with everything in it that canonical forms are about."""
    segments = ["a", "%20", "b.c", "..", ".", "", "~x", "%7E", "(1)", "@:", "%C3%A9"]
    path = "/" + "/".join(random.choices(segments, k=random.randint(0, 5)))
    name = lambda: "".join(random.choices(string.ascii_letters, k=random.randint(1, 3)))
    value = lambda: urllib.parse.quote("".join(random.choices("aZ9-_.~ /+=&é%", k=random.randint(0, 5))), safe="-_.~")
    query = "&".join(f"{name()}={value()}" for _ in range(random.randint(0, 4)))
    headers = {f"x-{name()}{i}": random.choice(["", "v", "a  b", " c\td "]) for i in range(random.randint(0, 3))}
    if random.random() < 0.3:
        headers["Date"] = "botocore replaces this, and then signs the date in this header"
    method = random.choice(["GET", "POST", "PUT"])
    body = random.randbytes(random.randint(0, 20))
    return botocore.awsrequest.AWSRequest(method, f"http://{HOST}{path}?{query}", headers, body)


def check_odd_signatures():
    request = odd_request()
    service, auth = random.choice([("ecs", botocore.auth.SigV4Auth), ("s3", botocore.auth.S3SigV4Auth)])
    auth(credentials(), service, "us-east-1").add_auth(request)
    signed = sendable(request)
    answer = ask(ask="verify", now_ms=int(time.time() * 1000), service=service, request=signed)
    check(f"signature of {request.method} {request.url} for {service}", None, answer["error"])


def check_own_signature():
    """We sign what botocore signed, at the same moment, and must come to the same letters."""
    request = odd_request()
    del request.headers["Date"]
    keys = credentials()
    botocore.auth.SigV4Auth(keys, "ecs", "us-east-1").add_auth(request)
    signed = sendable(request)
    added = {"authorization", "x-amz-date", "x-amz-security-token"}
    # The length is written after signing.
    late = added | {"content-length"}
    ours = dict(signed, headers=[pair for pair in signed["headers"] if pair[0].lower() not in late])
    answer = ask(
        ask="sign",
        time=request.headers["X-Amz-Date"],
        service="ecs",
        region="us-east-1",
        token=keys.token,
        request=ours,
    )
    want = sorted(pair for pair in signed["headers"] if pair[0].lower() in added)
    check(f"our signature of {request.method} {request.url}", want, sorted(answer["headers"]))


def services():
    loader = botocore.session.get_session().get_component("data_loader")
    model = lambda name: botocore.model.ServiceModel(loader.load_service_model(name, "service-2"), name)
    kitchen = json.loads((pathlib.Path(__file__).parent.parent / "kitchen.json").read_text())
    kitchen = botocore.model.ServiceModel(kitchen, "kitchen")
    yield REPEATS_OF_ECS, Service("ecs", "json-1.1", model("ecs"))
    small = model("sts")
    small.operation_names = ["GetCallerIdentity"]
    yield REPEATS_OF_SMALL_SERVICES, Service("sts", "query", small)
    yield REPEATS_OF_SMALL_SERVICES, Service("kitchen", "json-1.0", kitchen)
    yield REPEATS_OF_SMALL_SERVICES, Service("kitchen", "query", kitchen)


def main():
    random.seed(int(sys.argv[1]))
    for repeats, service in services():
        for _ in range(repeats):
            service.check_all()
    for _ in range(REPEATS_OF_SMALL_SERVICES):
        check_presigned()
        check_odd_signatures()
        check_own_signature()
    if failures:
        sys.exit(f"{failures} differences with seed {sys.argv[1]}")


main()
