using System.Text;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Tests.Support;
using CustomerIoDestination.TrackApi;
using Microsoft.Extensions.DependencyInjection;

namespace CustomerIoDestination.Tests.Delivery;

/// <summary>A key that is not there, and one that changes while everything is held.</summary>
public sealed class KeyTests
{
    private const string UsRegion = """{"url":"https://track.customer.io","region":"us","environment_id":3}""";

    private static readonly CustomerIoSettings Us = new() { SiteId = "site", Region = CustomerIoRegion.Us };

    private readonly Vault _vault = new();

    [Theory]
    [InlineData(DeliveryMode.Single)]
    [InlineData(DeliveryMode.Batch)]
    public async Task Without_a_key_everything_is_held_and_nothing_is_asked_until_there_is_one(DeliveryMode mode)
    {
        await using DeliveryRig rig = Rig(mode);
        await rig.Probe.StartAsync(default);
        Task<DeliveryAttempt> held = rig.Handler.DeliverAsync(Some.Track(), default);
        await rig.RunAsync(TimeSpan.FromMinutes(3), stepMs: 5000);

        held.IsCompleted.ShouldBeFalse();
        rig.Api.Calls.ShouldBeEmpty();
        DeliveryStatus status = await rig.Control.GetStatusAsync(default);
        (status.State, status.Reason, status.Credentials).ShouldBe((DestinationState.Paused, "credentials_missing", CredentialsState.Invalid));

        _vault.Key = "good";
        (await rig.RunAsync(held, stepMs: 5000)).Outcome.ShouldBe(AttemptOutcome.Delivered);
        await rig.Probe.StopAsync(default);
    }

    [Fact]
    public async Task Without_a_key_an_event_outlives_its_retry_window()
    {
        await using DeliveryRig rig = Rig(DeliveryMode.Single);

        DeliveryAttempt attempt = await rig.RunAsync(rig.Handler.DeliverAsync(Some.Track(age: TimeSpan.FromDays(30)), default), stepMs: 20_000);

        (attempt.Outcome, attempt.Reason, attempt.Attempts).ShouldBe((AttemptOutcome.Released, "credentials_missing", 0));
    }

    [Fact]
    public async Task A_key_rotated_in_the_pause_is_seen_within_a_minute()
    {
        _vault.Key = "old";
        await using DeliveryRig rig = Rig(DeliveryMode.Single);
        await rig.Probe.StartAsync(default);
        Task<DeliveryAttempt> held = rig.Handler.DeliverAsync(Some.Track(), default);
        await rig.RunAsync(TimeSpan.FromMinutes(2), stepMs: 5000);
        rig.Gate.State.PausedFor.ShouldBe("credentials_refused");

        _vault.Key = "good";
        DateTimeOffset rotated = rig.Time.GetUtcNow();
        DeliveryAttempt attempt = await rig.RunAsync(held, stepMs: 1000);

        attempt.Outcome.ShouldBe(AttemptOutcome.Delivered);
        (rig.Time.GetUtcNow() - rotated).ShouldBeLessThanOrEqualTo(TimeSpan.FromSeconds(65));
        await rig.Probe.StopAsync(default);
    }

    private DeliveryRig Rig(DeliveryMode mode)
    {
        DeliveryRig rig = new(
            new DeliverySettings { Mode = mode },
            Us,
            services => services.AddSingleton<ICredentialSource>(_vault));
        rig.Api.Always(call => call.Authorization == $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes("site:good"))}"
            ? StubTrackApi.Response(200, call.IsPing ? UsRegion : "{}")
            : StubTrackApi.Response(401));
        return rig;
    }

    /// <summary>As a vault: what it holds is read again only after it was forgotten.</summary>
    private sealed class Vault : ICredentialSource
    {
        private TrackApiCredentials? _known;

        public string? Key { get; set; }

        public ValueTask<TrackApiCredentials?> GetAsync(CancellationToken cancellationToken)
        {
            _known ??= Key is null ? null : new TrackApiCredentials("site", new Secret(Key));
            return new(_known);
        }

        public void Forget() => _known = null;
    }
}
