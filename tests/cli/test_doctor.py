"""`tracepy doctor` says what there is and always succeeds."""

from click.testing import CliRunner

from tracepy.cli.doctor import command


def test_it_names_python_isolation_models_and_store(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(command)
    assert result.exit_code == 0, result.output
    heads = [line.split()[0] for line in result.output.splitlines()]
    assert {"tracepy", "python", "platform", "isolation", "models", "optuna"} <= set(heads)
    assert "a candidate still can" in result.output
    assert str(tmp_path) in result.output


def test_keys_are_named_and_not_shown(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GROQ_API_KEY", raising=False)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-shell")
    (tmp_path / ".env").write_text("GROQ_API_KEY=gsk-of-the-file")
    output = CliRunner().invoke(command).output
    assert "GROQ_API_KEY, " in output and "OPENAI_API_KEY" in output
    assert "gsk-of" not in output and "sk-of" not in output
