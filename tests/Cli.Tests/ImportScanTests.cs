using System.Text;
using CustomerIoDestination.Cli.Importing;
using CustomerIoDestination.Cli.Tests.Support;

namespace CustomerIoDestination.Cli.Tests;

public sealed class ImportScanTests : IDisposable
{
    private const string Personal = """{"type":"track","event":"E","messageId":"1","properties":{"note":"ada@example.com","nested":[{"nr":"4111 1111 1111 1111"}]}}""";

    private readonly CliRig _cli = new();

    public ImportScanTests() => _cli.Host.AcceptsEvents = true;

    public void Dispose() => _cli.Dispose();

    [Theory]
    [InlineData("\"ada@example.com\"", "e-mail address")]
    [InlineData("\"write to Ada <ada@example.com>\"", "e-mail address")]
    [InlineData("\"@ada\"", null)]
    [InlineData("\"123-45-6789\"", "social security number")]
    [InlineData("\"000-45-6789\"", null)]
    [InlineData("\"4111111111111111\"", "card number")]
    [InlineData("4111111111111111", "card number")]
    [InlineData("\"4111 1111 1111 1112\"", null)]
    [InlineData("1795560000000", null)]
    [InlineData("\"+1 (555) 123-4567\"", "phone number")]
    [InlineData("\"0049 123 456789\"", "phone number")]
    [InlineData("\"2026-11-20 08:30:00\"", null)]
    [InlineData("\"12345678901\"", null)]
    [InlineData("\"gold\"", null)]
    [InlineData("true", null)]
    public void A_value_that_looks_personal_is_found(string value, string? kind) => Found($"{{\"a\":{{\"x\":[{value}]}}}}").ShouldBe(kind is null ? [] : [$"a.x[*] {kind}"]);

    [Theory]
    [InlineData("Email", "e-mail address")]
    [InlineData("billing_e-mail", "e-mail address")]
    [InlineData("SSN", "social security number")]
    [InlineData("assn", null)]
    [InlineData("card_number", "card number")]
    [InlineData("homePhone", "phone number")]
    [InlineData("mobile", "phone number")]
    [InlineData("plan", null)]
    public void A_name_that_looks_personal_is_found(string name, string? kind) => Found($"{{\"{name}\":\"x\"}}").ShouldBe(kind is null ? [] : [$"{name} {kind}"]);

    [Fact]
    public async Task Fields_are_reported_by_name_before_anything_is_sent_and_nobody_is_asked_without_a_terminal()
    {
        string file = _cli.Write("e.ndjson", Personal);
        (await _cli.RunAsync("import", file, "--scan")).ShouldBe(1);

        _cli.Output.ShouldContain("properties.note");
        _cli.Output.ShouldContain("properties.nested[*].nr");
        _cli.Output.ShouldNotContain("ada@example.com");
        _cli.Output.ShouldNotContain("4111");
        _cli.Output.ShouldContain("repeat it with --yes");
        _cli.Host.Calls.ShouldBeEmpty();

        (await _cli.RunAsync("import", file, "--scan", "--yes")).ShouldBe(0);
        _cli.Host.Accepted.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("yes", 0)]
    [InlineData("no", 1)]
    public async Task At_a_terminal_it_asks(string typed, int exitCode)
    {
        _cli.Typed = typed;
        (await _cli.RunAsync("import", _cli.Write("e.ndjson", Personal), "--scan")).ShouldBe(exitCode);
        _cli.Host.Calls.Count.ShouldBe(1 - exitCode);
    }

    [Fact]
    public async Task A_file_without_such_fields_is_sent_at_once_and_standard_input_can_not_be_scanned()
    {
        (await _cli.RunAsync("import", _cli.Write("e.ndjson", """{"type":"track","event":"E","messageId":"1"}"""), "--scan")).ShouldBe(0);
        (await _cli.RunAsync("import", "-", "--scan")).ShouldBe(1);
        _cli.Output.ShouldContain("can be read once only");
        _cli.Host.Accepted.Clear();
        (await _cli.RunAsync("import", Path.Combine(_cli.Folder, "e.ndjson"), "-", "--scan", "--yes")).ShouldBe(1);
        _cli.Host.Accepted.ShouldBeEmpty();
    }

    private static string[] Found(string json)
    {
        var scan = new FieldScan();
        scan.Add(Encoding.UTF8.GetBytes(json));
        return [.. scan.Found.Keys.Select(found => $"{found.Field} {found.Kind}")];
    }
}
