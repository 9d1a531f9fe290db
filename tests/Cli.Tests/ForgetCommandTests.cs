using System.Net;
using CustomerIoDestination.Cli.Tests.Support;

namespace CustomerIoDestination.Cli.Tests;

public sealed class ForgetCommandTests : IDisposable
{
    private const string Receipt =
        """{"at": "2026-01-31T12:00:00.000Z", "removed": {"queue": 3, "deadLetters": 1}, "sent": 2, "refusedUntil": "2026-03-02T12:00:00.000Z", "warnings": []}""";

    private readonly CliRig _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task A_person_is_forgotten_and_the_receipt_is_told()
    {
        _cli.Host.Answer(HttpStatusCode.OK, Receipt);

        (await _cli.RunAsync("forget", "--id", "u-1", "--email", "jane@example.com", "--yes", "--key", "k")).ShouldBe(0);

        var call = _cli.Host.Calls.ShouldHaveSingleItem();
        (call.Path, call.Body).ShouldBe(("/api/people/forget", """{"id":"u-1","email":"jane@example.com","mode":"suppress"}"""));
        (call.Headers["X-Admin-Key"], call.Headers["X-Requested-With"]).ShouldBe(("k", "destination"));
        _cli.Output.ShouldContain("3 events taken off the queue, 1 dead letters removed, 2 calls taken by Customer.io.");
        _cli.Output.ShouldContain("skipped until 2026-03-02T12:00:00.000Z");
    }

    [Fact]
    public async Task Nobody_is_forgotten_before_it_is_typed()
    {
        _cli.Typed = "yes";

        (await _cli.RunAsync("forget", "--id", "u-1")).ShouldBe(1);

        _cli.Host.Calls.ShouldBeEmpty();
        _cli.Output.ShouldContain("Nothing was done.");
    }

    [Fact]
    public async Task Once_it_is_typed_it_is_done_as_asked()
    {
        _cli.Typed = "forget";
        _cli.Host.Answer(HttpStatusCode.OK, Receipt);

        (await _cli.RunAsync("forget", "--id", "u-1", "--mode", "delete")).ShouldBe(0);

        _cli.Host.Calls.ShouldHaveSingleItem().Body.ShouldBe("""{"id":"u-1","mode":"delete"}""");
    }

    [Fact]
    public async Task Without_anybody_named_nothing_is_asked_of_the_host()
    {
        (await _cli.RunAsync("forget", "--yes")).ShouldBe(2);

        _cli.Host.Calls.ShouldBeEmpty();
        _cli.Output.ShouldContain("Say who: --id, --email, or both.");
    }

    [Fact]
    public async Task A_window_is_lifted_without_asking()
    {
        _cli.Host.Answer(HttpStatusCode.OK, """{"at": "2026-01-31T12:00:00.000Z", "lifted": 1, "warnings": [{"code": "only_id", "message": "give both"}]}""");

        (await _cli.RunAsync("forget", "--id", "u-1", "--lift")).ShouldBe(0);

        _cli.Host.Calls.ShouldHaveSingleItem().Method.ShouldBe("DELETE");
        _cli.Output.ShouldContain("for 1 of the identifiers given");
        _cli.Output.ShouldContain("give both");
    }

    [Fact]
    public async Task A_window_of_somebody_who_was_not_forgotten_is_told_to_be_none_and_exits_with_1()
    {
        _cli.Host.Answer(HttpStatusCode.OK, """{"at": "2026-01-31T12:00:00.000Z", "lifted": 0, "warnings": []}""");

        (await _cli.RunAsync("forget", "--id", "g", "--lift")).ShouldBe(1);

        _cli.Output.ShouldContain("Nothing was lifted:");
        _cli.Output.ShouldNotContain("Lifted at");
    }

    [Fact]
    public async Task A_forgetting_that_Customer_io_could_not_be_told_of_ends_with_a_message_of_all_that_was_done()
    {
        _cli.Host.Answer(HttpStatusCode.ServiceUnavailable, """{"code": "customerio_not_told", "message": "3 were taken off the queue. Repeat the call."}""");

        (await _cli.RunAsync("forget", "--id", "u-1", "--yes")).ShouldBe(1);

        _cli.Output.ShouldContain("3 were taken off the queue. Repeat the call.");
    }
}
