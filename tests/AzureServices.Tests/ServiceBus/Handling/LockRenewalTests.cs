using Azure.Identity;
using Azure.Messaging.ServiceBus;
using CustomerIoDestination.AzureServices.ServiceBus.Handling;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace CustomerIoDestination.AzureServices.Tests.ServiceBus.Handling;

public sealed class LockRenewalTests
{
    private readonly FakeTimeProvider _time = new(Some.Now);

    public static TheoryData<Exception> Failures { get; } =
    [
        new ServiceBusException("busy", ServiceBusFailureReason.ServiceBusy),
        new UnauthorizedAccessException("the role was taken away"),
        new AuthenticationFailedException("no token"),
        new InvalidOperationException("anything"),
    ];

    [Fact]
    public async Task A_lock_that_is_renewed_is_not_lost()
    {
        StubSession session = new(_time);
        using LockRenewal renewal = await RenewAsync(session);

        await PassAsync(TimeSpan.FromMinutes(10));

        renewal.Lost.IsCancellationRequested.ShouldBeFalse();
        session.Renewals.ShouldBeGreaterThan(10);
    }

    [Theory]
    [MemberData(nameof(Failures), DisableDiscoveryEnumeration = true)]
    public async Task A_lock_nobody_could_renew_is_lost_when_its_time_has_run_out(Exception failure)
    {
        StubSession session = new(_time) { Failure = failure };
        using LockRenewal renewal = await RenewAsync(session);

        await PassAsync(TimeSpan.FromSeconds(59));
        renewal.Lost.IsCancellationRequested.ShouldBeFalse();
        session.Renewals.ShouldBeGreaterThan(10, "it is tried until the end");
        await PassAsync(TimeSpan.FromSeconds(1));

        renewal.Lost.IsCancellationRequested.ShouldBeTrue();
    }

    [Fact]
    public async Task A_renewal_that_works_again_in_time_keeps_the_lock()
    {
        StubSession session = new(_time) { Failure = new UnauthorizedAccessException() };
        using LockRenewal renewal = await RenewAsync(session);
        await PassAsync(TimeSpan.FromSeconds(55));

        session.Failure = null;
        await PassAsync(TimeSpan.FromMinutes(5));

        renewal.Lost.IsCancellationRequested.ShouldBeFalse();
    }

    [Theory]
    [InlineData(-600)]
    [InlineData(600)]
    public async Task A_wrong_clock_neither_loses_a_lock_that_is_renewed_nor_keeps_one_that_is_not(int skewSeconds)
    {
        StubSession session = new(_time) { Skew = TimeSpan.FromSeconds(skewSeconds) };
        using LockRenewal renewal = await RenewAsync(session);
        await PassAsync(TimeSpan.FromMinutes(3));
        renewal.Lost.IsCancellationRequested.ShouldBeFalse();

        session.Failure = new UnauthorizedAccessException();
        await PassAsync(TimeSpan.FromMinutes(1));

        renewal.Lost.IsCancellationRequested.ShouldBeTrue();
    }

    private Task<LockRenewal> RenewAsync(StubSession session) => Task.Run(() => new LockRenewal(session, _time, NullLogger.Instance));

    // Nothing really waits, so outside the test's own context all that a tick sets going is done when it returns.
    private Task PassAsync(TimeSpan time) => Task.Run(() =>
    {
        for (int second = 0; second < time.TotalSeconds; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
        }
    });
}
