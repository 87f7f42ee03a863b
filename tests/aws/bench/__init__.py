"""An AWS on this machine in which jobs of AWS Batch really run: moto's server, and what it lacks.

`started` is the tests' side. The rest is the server's: `server` puts it together, `front` sees every request first,
`batch_*` runs jobs through one of `runners`. See README.md beside this package.
"""
