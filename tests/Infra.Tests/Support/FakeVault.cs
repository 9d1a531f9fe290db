namespace CustomerIoDestination.Infra.Support;

/// <summary>A folder that stands for a vault, with an <c>az</c> that works on it and keeps what it was called with.</summary>
internal sealed class FakeVault : IDisposable
{
    private const string Az = """
        #!/bin/sh
        here=$(dirname "$0")
        echo "$@" >> "$here/calls"
        case "$1 $2 $3" in
          'keyvault secret list')
            if [ -f "$here/refusal" ]; then cat "$here/refusal" >&2; exit 1; fi
            ls "$here/secrets" ;;
          'keyvault secret set') while [ "$1" != --name ]; do shift; done; cat > "$here/secrets/$2" ;;
          'keyvault secret show')
            while [ "$1" != --name ]; do shift; done
            [ "$3 $4" = '--query length(value)' ] && wc -c < "$here/secrets/$2" ;;
          'functionapp restart '*) ;;
          *) exit 1 ;;
        esac

        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("vault").FullName;

    /// <summary>An empty vault.</summary>
    public FakeVault()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "secrets"));
        File.WriteAllText(Path.Combine(_folder, "az"), Az);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Path.Combine(_folder, "az"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>The secrets in it.</summary>
    public IReadOnlyDictionary<string, string> Secrets =>
        Directory.EnumerateFiles(Path.Combine(_folder, "secrets")).ToDictionary(file => Path.GetFileName(file), File.ReadAllText, StringComparer.Ordinal);

    /// <summary>Every call of <c>az</c>, with its arguments.</summary>
    public IReadOnlyList<string> Calls => File.Exists(Path.Combine(_folder, "calls")) ? File.ReadAllLines(Path.Combine(_folder, "calls")) : [];

    /// <summary>Puts a secret in.</summary>
    public void Put(string name, string value) => File.WriteAllText(Path.Combine(_folder, "secrets", name), value);

    /// <summary>Answers every list with this error.</summary>
    public void Refuse(string error) => File.WriteAllText(Path.Combine(_folder, "refusal"), error);

    /// <summary>Runs the hook that makes the secrets; with <paramref name="path"/> it finds the programs of these folders alone.</summary>
    public Task<CommandResult> RunHookAsync(string? apiKey = null, string? byHand = null, string? path = null)
    {
        Dictionary<string, string?> variables = new(StringComparer.Ordinal)
        {
            ["PATH"] = $"{_folder}:{path ?? Environment.GetEnvironmentVariable("PATH")}",
            ["AZURE_KEY_VAULT_NAME"] = "kv-test",
            ["AZURE_RESOURCE_GROUP"] = "rg-test",
            ["AZURE_FUNCTION_APP_NAME"] = "func-test",
            ["CUSTOMERIO_API_KEY"] = apiKey ?? "",
            ["SECRETS_BY_HAND"] = byHand,
            ["NEW_RIGHTS_SECONDS"] = "0",
        };
        return CommandLine.RunAsync("/bin/sh", _folder, variables, Repository.PathOf("infra/hooks/secrets.sh"));
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
