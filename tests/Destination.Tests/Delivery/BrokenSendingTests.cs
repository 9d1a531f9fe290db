using CustomerIoDestination.Model;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Tests.Support;
using CustomerIoDestination.TrackApi;
using Microsoft.Extensions.DependencyInjection;

namespace CustomerIoDestination.Tests.Delivery;

/// <summary>Sending that fails in a way nobody expected.</summary>
public sealed class BrokenSendingTests : IAsyncDisposable
{
    private readonly Broken _source = new();
    private readonly DeliveryRig _rig;

    public BrokenSendingTests() => _rig = new DeliveryRig(
        new DeliverySettings { RequestsPerSecond = 1_000, RetryWindow = TimeSpan.FromMinutes(5) },
        configure: services => services.AddSingleton<ICredentialSource>(_source));

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task An_exception_while_sending_is_waited_out_in_place_like_a_failed_call()
    {
        _source.Failures = 2;
        _rig.Api.Reply(200);

        DeliveryAttempt attempt = await _rig.RunAsync(_rig.Handler.DeliverAsync(Some.Track(), CancellationToken.None));

        (attempt.Outcome, attempt.Attempts).ShouldBe((AttemptOutcome.Delivered, 3));
    }

    [Fact]
    public async Task An_event_that_always_meets_it_ends_in_the_dead_letters_by_the_rules_of_failed_calls()
    {
        _source.Failures = int.MaxValue;

        DeliveryAttempt attempt = await _rig.RunAsync(_rig.Handler.DeliverAsync(Some.Track(), CancellationToken.None), stepMs: 5_000);

        attempt.Settlement.ShouldBeOfType<Settlement.DeadLetter>().ShouldSatisfyAllConditions(
            letter => letter.Reason.ShouldBe(DeadLetterReason.Expired),
            letter => letter.Description.ShouldEndWith("last: internal_error"));
        _rig.Logs.GetSnapshot().ShouldContain(record => record.Message.Contains(nameof(FormatException), StringComparison.Ordinal));
        _rig.Logs.GetSnapshot().ShouldAllBe(record => !record.Message.Contains("ann@example.com", StringComparison.Ordinal));
    }

    private sealed class Broken : ICredentialSource
    {
        public int Failures { get; set; }

        public ValueTask<TrackApiCredentials?> GetAsync(CancellationToken cancellationToken) => Failures-- > 0
            ? throw new FormatException("ann@example.com is no number")
            : ValueTask.FromResult<TrackApiCredentials?>(new TrackApiCredentials("site", new Secret("key")));

        public void Forget()
        {
        }
    }
}
