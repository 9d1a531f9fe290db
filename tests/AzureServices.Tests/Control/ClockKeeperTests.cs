using Azure.Data.Tables;
using CustomerIoDestination.AzureServices.Control;
using CustomerIoDestination.AzureServices.DeliveryLog;
using CustomerIoDestination.AzureServices.Tables;
using CustomerIoDestination.AzureServices.Tests.ServiceBus.Support;
using CustomerIoDestination.AzureServices.Tests.Support;
using CustomerIoDestination.Time;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace CustomerIoDestination.AzureServices.Tests.Control;

/// <summary>What processes know of the time, over starts of theirs on clocks that are wrong. A process here ends by being stopped.</summary>
public sealed class ClockKeeperTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    [AzuriteFact]
    public async Task The_first_start_is_believed()
    {
        string account = await Azurite.NewAccountAsync();
        SteadyClock clock = await RunAsync(account, Now);

        clock.Read().IsDoubted.ShouldBeFalse();
    }

    [Fact]
    public async Task Before_the_table_is_read_the_clock_is_doubted()
    {
        using DeafServer storage = new();
        FakeTimeProvider time = new(Now);
        SteadyClock clock = new(time);
        using ClockKeeper keeper = Keeper(storage.ConnectionString, clock, time);

        await keeper.StartAsync(CancellationToken.None);
        time.Advance(TimeSpan.FromDays(30));

        clock.Read().IsDoubted.ShouldBeTrue();
        await keeper.StopAsync(CancellationToken.None);
    }

    [AzuriteFact]
    public async Task A_start_far_from_what_was_known_is_doubted_and_a_near_one_is_not()
    {
        string account = await Azurite.NewAccountAsync();
        _ = await RunAsync(account, Now);

        (await RunAsync(account, Now.AddDays(31))).Read().ProofLeft.ShouldBe(TimeSpan.FromDays(1));
        (await RunAsync(account, Now.AddDays(-40))).Read().IsDoubted.ShouldBeTrue();
        (await RunAsync(account, Now.AddHours(20))).Read().IsDoubted.ShouldBeFalse();
    }

    [AzuriteFact]
    public async Task Running_in_doubt_is_summed_over_starts()
    {
        string account = await Azurite.NewAccountAsync();
        _ = await RunAsync(account, Now);

        _ = await RunAsync(account, Now.AddDays(5), TimeSpan.FromHours(10));
        SteadyClock clock = await RunAsync(account, Now.AddDays(6), TimeSpan.FromHours(13.5));
        clock.Read().ProofLeft.ShouldBe(TimeSpan.FromHours(0.5));
        (await RunAsync(account, Now.AddDays(7), TimeSpan.FromHours(1.5))).Read().IsDoubted.ShouldBeFalse();
    }

    [AzuriteFact]
    public async Task While_another_process_believes_its_clock_one_that_is_far_from_it_never_does()
    {
        string account = await Azurite.NewAccountAsync();
        FakeTimeProvider right = new(Now);
        CountingTime wrong = new();
        wrong.SetUtcNow(Now.AddDays(31));
        SteadyClock rightClock = new(right);
        SteadyClock wrongClock = new(wrong);
        _ = await RunAsync(account, Now);
        using ClockKeeper one = Keeper(account, rightClock, right);
        await one.StartAsync(CancellationToken.None);
        await HasReadAsync(rightClock);
        using ClockKeeper other = Keeper(account, wrongClock, wrong);
        await other.StartAsync(CancellationToken.None);

        // A keeper that sleeps has read and written all it will at its start.
        await Eventually.BecomesTrueAsync(() => wrong.Waits > 0);
        wrongClock.Read().ProofLeft.ShouldNotBeNull();

        right.Advance(TimeSpan.FromHours(20));
        await one.StopAsync(CancellationToken.None);
        wrong.Advance(TimeSpan.FromHours(20));
        await other.StopAsync(CancellationToken.None);

        wrongClock.Read().ProofLeft!.Value.ShouldBeGreaterThan(TimeSpan.FromHours(23));
    }

    [AzuriteFact]
    public async Task By_a_doubted_clock_no_day_of_the_log_and_no_report_goes()
    {
        string account = await Azurite.NewAccountAsync();
        FakeTimeProvider time = new(Now);
        TableServiceClient service = new(account);
        TableAccess access = new(TimeProvider.System);
        DayTables days = new(service, access, time);
        ControlTable table = new(service, access);
        await days.Of(DateOnly.FromDateTime(Now.UtcDateTime)).CreateAsync();
        await table.ReportAsync(ControlTableTests.Report("a", Now), CancellationToken.None);
        SteadyClock clock = new(time);
        TableRetention retention = new(days, table, clock, NullLogger<TableRetention>.Instance);

        clock.AwaitMemory();
        time.Advance(TimeSpan.FromDays(31));
        await retention.DropLogAsync(CancellationToken.None);
        await retention.ForgetReportsAsync(CancellationToken.None);
        (int Tables, int Reports) doubted = await CountAsync();
        clock.BelieveStart();
        await retention.DropLogAsync(CancellationToken.None);
        await retention.ForgetReportsAsync(CancellationToken.None);

        doubted.ShouldBe((1, 1));
        (await CountAsync()).ShouldBe((0, 0));

        async Task<(int Tables, int Reports)> CountAsync() => (
            await service.QueryAsync().CountAsync(item => item.Name.StartsWith("deliverylog", StringComparison.Ordinal)),
            (await table.ReadReportsAsync(CancellationToken.None)).Count(report => report.Id == "a"));
    }

    private static async Task<SteadyClock> RunAsync(string account, DateTimeOffset start, TimeSpan runs = default)
    {
        FakeTimeProvider time = new(start);
        SteadyClock clock = new(time);
        using ClockKeeper keeper = Keeper(account, clock, time);
        await keeper.StartAsync(CancellationToken.None);
        await HasReadAsync(clock);
        time.Advance(runs);
        await keeper.StopAsync(CancellationToken.None);
        return clock;
    }

    private static Task HasReadAsync(SteadyClock clock) => Eventually.BecomesTrueAsync(() => clock.Read() is { IsDoubted: false } or { ProofLeft: not null });

    private static ClockKeeper Keeper(string account, SteadyClock clock, TimeProvider time) =>
        new(new ControlTable(new TableServiceClient(account), new TableAccess(TimeProvider.System)), clock, time, NullLogger<ClockKeeper>.Instance);
}
