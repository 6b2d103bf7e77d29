"""Lints what a certificate authority made with pkilint, whose linters are its own commands run in one process.

Usage: pkilint_story.py FOLDER. In FOLDER lie KIND.NAME.der files; a kind is one of LINTERS. `chain.NAME.json` names the
files of an issuer and of what it issued. Prints a JSON list of findings of severity NOTICE and above.
"""

import contextlib
import io
import json
import pathlib
import sys

from pkilint.bin import (
    lint_cabf_serverauth_cert,
    lint_crl,
    lint_ocsp_response,
    lint_pkix_cert,
    lint_pkix_signer_signee_cert_chain,
)

AS_JSON = ["-s", "NOTICE", "-f", "JSON"]
CABF = {
    "root": "ROOT-CA",
    "intermediate": "INTERNAL-UNCONSTRAINED-TLS-CA",
    "server": "DV-FINAL-CERTIFICATE",
    "responder": "OCSP-RESPONDER",
}
LINTERS = {
    "cert": lambda file: [(lint_pkix_cert, ["lint", *AS_JSON, file])],
    "crl": lambda file: [
        (lint_crl, ["lint", "-t", "CRL", "-p", "PKIX", *AS_JSON, file])
    ],
    "ocsp": lambda file: [(lint_ocsp_response, ["lint", *AS_JSON, file])],
    "chain": lambda file: [
        (
            lint_pkix_signer_signee_cert_chain,
            ["lint", *AS_JSON, *json.loads(pathlib.Path(file).read_text())],
        )
    ],
    **{
        kind: lambda file, as_type=as_type: [
            (lint_pkix_cert, ["lint", *AS_JSON, file]),
            (lint_cabf_serverauth_cert, ["lint", "-t", as_type, *AS_JSON, file]),
        ]
        for kind, as_type in CABF.items()
    },
}


def findings(file):
    for module, arguments in LINTERS[file.name.split(".")[0]](str(file)):
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            module.main(arguments)
        if err.getvalue():
            raise SystemExit(f"{file.name}: {err.getvalue()}")
        for result in json.loads(out.getvalue())["results"]:
            for finding in result["finding_descriptions"]:
                yield {
                    "file": file.name,
                    "linter": module.__name__.rsplit(".", 1)[1],
                    "where": result["node_path"],
                    **finding,
                }


folder = pathlib.Path(sys.argv[1])
print(json.dumps([one for file in sorted(folder.iterdir()) for one in findings(file)]))
