using CustomerIoDestination.AzureServices.Control;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.Settings;

namespace CustomerIoDestination.AzureServices.Tests.Control;

public sealed class SharedStatusTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Counts_are_summed_over_every_process_there_was()
    {
        DeliveryStatus status = SharedStatus.Of(Own(delivered: 1), [Other("a", delivered: 2), Other("gone", delivered: 4, seen: TimeSpan.FromDays(6))]);

        status.Counts.Delivered.ShouldBe(7);
        status.Counts.DeadLettered["expired"].ShouldBe(3);
        status.StartedAt.ShouldBe(Now - TimeSpan.FromDays(7));
    }

    [Fact]
    public void An_older_report_of_this_process_is_not_counted_again() =>
        SharedStatus.Of(Own(delivered: 5), [Other("own", delivered: 3)]).Counts.Delivered.ShouldBe(5);

    [Fact]
    public void One_process_that_is_paused_pauses_the_destination()
    {
        DeliveryStatus status = SharedStatus.Of(Own(), [Other("a", paused: "credentials_refused"), Other("b")]);

        status.State.ShouldBe(DestinationState.Paused);
        status.Reason.ShouldBe("credentials_refused");
    }

    [Fact]
    public void A_process_that_is_gone_pauses_nothing_and_spends_nothing()
    {
        DeliveryStatus status = SharedStatus.Of(Own(), [Other("gone", paused: "everything_rejected", rate: 50, seen: InstanceReport.Fresh)]);

        status.State.ShouldBe(DestinationState.Delivering);
        status.RateCurrent.ShouldBe(0);
    }

    [Fact]
    public void Shares_of_the_rate_are_summed_and_never_more_than_the_whole()
    {
        SharedStatus.Of(Own(), [Other("a", rate: 30), Other("b", rate: 40)]).RateCurrent.ShouldBe(70);
        SharedStatus.Of(Own(), [Other("a", rate: 100), Other("b", rate: 40)]).RateCurrent.ShouldBe(100);
    }

    [Fact]
    public void A_process_whose_state_this_version_does_not_know_decides_no_state_and_is_counted()
    {
        InstanceReport own = Own(delivered: 1);

        DeliveryStatus status = SharedStatus.Of(own, [Other("newer", delivered: 2, rate: 20, seen: TimeSpan.FromSeconds(-5)) with { IsStateKnown = false }]);

        status.Since.ShouldBe(own.Status.Since);
        (status.Counts.Delivered, status.RateCurrent).ShouldBe((3, 20));
    }

    [Fact]
    public void The_workspace_is_told_by_who_asked_customer_io_last()
    {
        DeliveryStatus status = SharedStatus.Of(
            Own(),
            [
                Other("old", seen: TimeSpan.FromHours(1)) with { Status = Known(1) },
                Other("new", seen: TimeSpan.FromMinutes(1)) with { Status = Known(2) },
                Other("never"),
            ]);

        status.Workspace.ShouldBe(2);
        status.Credentials.ShouldBe(CredentialsState.Valid);
    }

    private static InstanceReport Own(long delivered = 0) => Other("own", delivered, seen: TimeSpan.Zero);

    private static InstanceReport Other(string id, long delivered = 0, string? paused = null, double rate = 0, TimeSpan? seen = null)
    {
        DateTimeOffset at = Now - (seen ?? TimeSpan.FromSeconds(10));
        return new InstanceReport(id, at, new DeliveryStatus
        {
            State = paused is null ? DestinationState.Delivering : DestinationState.Paused,
            Since = at,
            Reason = paused,
            Region = CustomerIoRegion.Auto,
            Credentials = CredentialsState.Unchecked,
            RateLimit = 100,
            RateCurrent = rate,
            Counts = new EventCounts(0, 0, 0, 0, delivered, 0, new Dictionary<string, long> { ["expired"] = 1 }),
            StartedAt = at - TimeSpan.FromDays(1),
        });
    }

    private static DeliveryStatus Known(long workspace) => Own().Status with { Workspace = workspace, Region = CustomerIoRegion.Eu, Credentials = CredentialsState.Valid };
}
