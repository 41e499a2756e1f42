"""Where it lies: YAML and documents, folders, DVC and its remotes, artifacts on their way there.

- `yaml` reads and writes the registry's YAML; `documents` turns it into values, with line and column.
- `folders` reads a folder as a tree and writes files into one, whole or not at all.
- `remotes` reads objects straight from a DVC remote, wherever it is: by `webdav` on web servers as who `logins` says, in `s3` with the keys
  of `aws`, by `ssh` and `sftp` from an `ssh_host`; `access` is what DVC was told of them. `holdings` asks a registry's remotes what they have, `contents` reads it to the end. `dvc` is the only module that runs DVC.
- `artifacts` hashes what is registered, hands it to DVC and reads it back.
"""
