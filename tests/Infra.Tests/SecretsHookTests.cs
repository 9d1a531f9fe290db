using CustomerIoDestination.Infra.Support;

namespace CustomerIoDestination.Infra;

public sealed class SecretsHookTests : IDisposable
{
    private readonly FakeVault _vault = new();

    [ShellFact]
    public async Task Missing_secrets_are_made_each_different_and_the_app_is_restarted()
    {
        CommandResult result = await _vault.RunHookAsync();

        result.ExitCode.ShouldBe(0, result.Everything);
        _vault.Secrets.Count.ShouldBe(SettingGroups.Secret.Count);
        _vault.Secrets.Values.ShouldAllBe(value => value.Length == 64 && value.All(char.IsAsciiHexDigitLower));
        _vault.Secrets.Values.ShouldBeUnique();
        _vault.Calls[^1].ShouldStartWith("functionapp restart");
        result.Error.ShouldContain("customerio-api-key is missing");
    }

    [ShellFact]
    public async Task A_secret_that_is_in_the_vault_stays()
    {
        await _vault.RunHookAsync("first");
        IReadOnlyDictionary<string, string> before = _vault.Secrets;

        CommandResult result = await _vault.RunHookAsync();

        result.ExitCode.ShouldBe(0, result.Everything);
        _vault.Secrets.ShouldBe(before, ignoreOrder: true);
        _vault.Calls.Count(call => call.StartsWith("functionapp restart", StringComparison.Ordinal)).ShouldBe(1, "nothing changed the second time");
    }

    [ShellFact]
    public async Task Customer_ios_key_is_taken_from_the_environment()
    {
        _vault.Put("customerio-api-key", "old");

        await _vault.RunHookAsync("new");

        _vault.Secrets["customerio-api-key"].ShouldBe("new");
    }

    [ShellFact]
    public async Task An_empty_secret_is_made_anew_and_the_others_stay()
    {
        await _vault.RunHookAsync("key");
        string before = _vault.Secrets["admin-key-0"];
        _vault.Put("ingest-key-0", "");

        CommandResult result = await _vault.RunHookAsync();

        result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldBe(["ingest-key-0: set"]);
        _vault.Secrets["ingest-key-0"].Length.ShouldBe(64);
        _vault.Secrets["admin-key-0"].ShouldBe(before);
    }

    [ShellFact]
    public async Task Without_openssl_the_secrets_are_made_all_the_same()
    {
        CommandResult result = await RunWithAsync("sh", "az", "od", "tr", "ls", "cat", "wc", "dirname", "grep", "sleep");

        result.ExitCode.ShouldBe(0, result.Everything);
        _vault.Secrets.Values.ShouldAllBe(value => value.Length == 64);
    }

    [ShellFact]
    public async Task Where_no_random_value_can_be_made_none_is_set_and_the_hook_fails()
    {
        CommandResult result = await RunWithAsync("sh", "az", "tr", "ls", "cat", "wc", "dirname", "grep", "sleep");

        result.ExitCode.ShouldBe(1, result.Everything);
        result.Error.ShouldContain("ingest-key-0: no random value could be made");
        result.Output.ShouldNotContain(": set");
        _vault.Secrets.ShouldBeEmpty();
    }

    [ShellTheory]
    [InlineData("ab!c$d#e\"f")]
    [InlineData(" it's `a` \\key\\ $HOME ")]
    [InlineData("%s%d\\n")]
    [InlineData("-e")]
    public async Task Customer_ios_key_arrives_with_every_character(string key)
    {
        await _vault.RunHookAsync(key);

        _vault.Secrets["customerio-api-key"].ShouldBe(key);
    }

    [ShellFact]
    public async Task No_value_is_printed_or_on_a_command_line()
    {
        CommandResult result = await _vault.RunHookAsync("the-api-key");

        string seen = result.Everything + string.Join('\n', _vault.Calls);
        _vault.Secrets.Count.ShouldBe(SettingGroups.Secret.Count + 1);
        _vault.Secrets.Values.ShouldAllBe(value => !seen.Contains(value, StringComparison.Ordinal));
    }

    // What Key Vault says while its network is closed. A wait would not open it.
    [ShellTheory]
    [InlineData("(Forbidden) Public network access is disabled and request is not from a trusted service nor via an approved private link. Inner error: ForbiddenByConnection")]
    [InlineData("(Forbidden) Client address is not authorized and caller is not a trusted service. Code: ForbiddenByFirewall")]
    public async Task A_private_vault_that_is_seen_from_outside_ends_the_hook_at_once_and_says_what_to_do(string refusal)
    {
        _vault.Refuse(refusal);

        CommandResult result = await _vault.RunHookAsync();

        result.ExitCode.ShouldBe(1);
        result.Error.ShouldContain("azd env set ALLOWED_OPERATORS");
        _vault.Calls.ShouldHaveSingleItem();
    }

    [ShellFact]
    public async Task Secrets_that_are_set_by_hand_are_left_alone()
    {
        _vault.Refuse("Public network access is disabled");

        CommandResult result = await _vault.RunHookAsync(byHand: "true");

        result.ExitCode.ShouldBe(0, result.Everything);
        _vault.Calls.ShouldBeEmpty();
    }

    /// <summary>Runs the hook where there are these programs alone.</summary>
    private async Task<CommandResult> RunWithAsync(params string[] programs)
    {
        DirectoryInfo few = Directory.CreateTempSubdirectory("programs");
        try
        {
            foreach (string program in programs.Where(program => program != "az"))
            {
                string real = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, program)).First(File.Exists);
                File.CreateSymbolicLink(Path.Combine(few.FullName, program), real);
            }

            return await _vault.RunHookAsync(path: few.FullName);
        }
        finally
        {
            few.Delete(recursive: true);
        }
    }

    public void Dispose() => _vault.Dispose();
}
