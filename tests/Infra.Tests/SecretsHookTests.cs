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
    public async Task What_is_in_the_vault_stays()
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

    public void Dispose() => _vault.Dispose();
}
