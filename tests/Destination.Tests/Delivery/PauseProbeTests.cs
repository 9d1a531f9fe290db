using CustomerIoDestination.Ports;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Tests.Support;
using CustomerIoDestination.TrackApi;
using Microsoft.Extensions.DependencyInjection;

namespace CustomerIoDestination.Tests.Delivery;

public sealed class PauseProbeTests
{
    private const string UsRegion = """{"url":"https://track.customer.io","region":"us","environment_id":3}""";

    private static readonly CustomerIoSettings Us = new() { SiteId = "site", ApiKey = new Secret("key"), Region = CustomerIoRegion.Us };

    [Fact]
    public async Task The_start_finds_out_about_the_workspace()
    {
        await using DeliveryRig rig = new(customerIo: Us);
        rig.Api.Reply(200, UsRegion);

        await rig.Probe.StartAsync(default);
        await rig.RunAsync(TimeSpan.FromMinutes(10), stepMs: 30_000);

        DeliveryStatus status = await rig.Control.GetStatusAsync(default);
        (status.State, status.Credentials, status.Workspace).ShouldBe((DestinationState.Delivering, CredentialsState.Valid, 3));
        rig.Api.Calls.ShouldHaveSingleItem();
        await rig.Probe.StopAsync(default);
    }

    [Fact]
    public async Task A_wrong_key_pauses_and_one_ping_a_minute_ends_the_pause_by_itself()
    {
        await using DeliveryRig rig = new(customerIo: Us);
        rig.Api.Reply(401).Reply(401).Reply(500).Reply(500).Reply(500).Reply(200, UsRegion);

        await rig.Probe.StartAsync(default);
        await rig.RunAsync(TimeSpan.FromSeconds(30));
        rig.Gate.State.PausedFor.ShouldBe("credentials_refused");
        (await rig.Control.GetStatusAsync(default)).NextTryAt.ShouldBe(Some.Now.AddMinutes(1), "then it is asked again");
        await rig.RunAsync(TimeSpan.FromSeconds(31));
        rig.Api.Calls.Count.ShouldBe(2);
        await rig.RunAsync(TimeSpan.FromMinutes(3), stepMs: 5000);

        rig.Gate.State.IsOpen.ShouldBeTrue();
        (await rig.Control.GetStatusAsync(default)).NextTryAt.ShouldBeNull();
        rig.Api.Calls.Count.ShouldBe(6);
        await rig.Probe.StopAsync(default);
    }

    [Fact]
    public async Task While_everything_is_rejected_the_status_tells_when_the_next_held_event_is_tried()
    {
        await using DeliveryRig rig = new();
        for (int i = 0; i < 50; i++)
        {
            rig.Gate.Judge(Some.Partition(9), new DeliveryOutcome.Rejected(400, "http_400", null, "no"));
        }

        DeliveryStatus now = await rig.Control.GetStatusAsync(default);

        (now.State, now.Reason, now.NextTryAt).ShouldBe((DestinationState.Paused, "everything_rejected", Some.Now.AddMinutes(1)));
    }

    [Fact]
    public async Task Switched_off_nothing_is_asked()
    {
        await using DeliveryRig rig = new(new DeliverySettings { Enabled = false });

        await rig.Probe.StartAsync(default);
        await rig.RunAsync(TimeSpan.FromMinutes(2), stepMs: 30_000);

        rig.Api.Calls.ShouldBeEmpty();
        (await rig.Control.GetStatusAsync(default)).State.ShouldBe(DestinationState.Disabled);
        await rig.Probe.StopAsync(default);
    }

    [Fact]
    public async Task The_probe_outlives_any_failure_and_tells_its_type_only()
    {
        FailingOnce credentials = new();
        await using DeliveryRig rig = new(customerIo: Us, configure: services => services.AddSingleton<ICredentialSource>(credentials));
        rig.Api.Reply(200, UsRegion);

        await rig.Probe.StartAsync(default);
        await rig.RunAsync(TimeSpan.FromMinutes(3), stepMs: 5000);

        (await rig.Control.GetStatusAsync(default)).Credentials.ShouldBe(CredentialsState.Valid);
        rig.Logs.GetSnapshot().ShouldContain(line => line.Message.Contains(nameof(InvalidTimeZoneException), StringComparison.Ordinal) && line.Exception == null);
        rig.Logs.GetSnapshot().ShouldAllBe(line => !line.Message.Contains("marked", StringComparison.Ordinal));
        await rig.Probe.StopAsync(default);
    }

    private sealed class FailingOnce : ICredentialSource
    {
        private bool _hasFailed;

        public ValueTask<TrackApiCredentials?> GetAsync(CancellationToken cancellationToken)
        {
            bool fails = !_hasFailed;
            _hasFailed = true;
            return fails ? throw new InvalidTimeZoneException("a marked value") : new(new TrackApiCredentials("site", new Secret("key")));
        }

        public void Forget()
        {
        }
    }
}
