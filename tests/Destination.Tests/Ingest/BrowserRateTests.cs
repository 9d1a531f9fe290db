using System.Diagnostics.Metrics;
using System.Net;
using CustomerIoDestination.Ingest;
using CustomerIoDestination.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;

namespace CustomerIoDestination.Tests.Ingest;

/// <summary>The framework's limiters run on the machine's own clock: the counts here leave room for what comes back while a test runs.</summary>
public sealed class BrowserRateTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().AddSingleton<DestinationMetrics>().BuildServiceProvider();

    [Fact]
    public void A_device_makes_so_many_requests_a_minute_and_another_device_is_not_in_its_way()
    {
        using BrowserRate rate = Rate(100);
        UInt128 device = BrowserRate.KeyOf("device-1"u8);

        Enumerable.Range(0, 100).ShouldAllBe(_ => rate.WhyWait(device) == null);

        rate.WhyWait(device).ShouldNotBeNull().ShouldBeInRange(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
        rate.WhyWait(BrowserRate.KeyOf("device-2"u8)).ShouldBeNull();
    }

    [Fact]
    public void An_address_makes_a_devices_requests_at_once_and_ten_times_as_many_a_minute()
    {
        using BrowserRate rate = Rate(100);
        IPAddress address = IPAddress.Parse("203.0.113.9");
        var watch = System.Diagnostics.Stopwatch.StartNew();

        int taken = 0;
        while (rate.WhyWait(address) is null)
        {
            taken++;
        }

        taken.ShouldBeInRange(100, 101 + (int)(watch.Elapsed.TotalSeconds * 1_000 / 60));
        rate.WhyWait(address).ShouldNotBeNull().ShouldBeLessThan(TimeSpan.FromSeconds(1));
        rate.WhyWait(IPAddress.Parse("203.0.113.10")).ShouldBeNull();
    }

    [Theory]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::1", false)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", true)]
    [InlineData("203.0.113.9", "::ffff:203.0.113.9", false)]
    [InlineData("203.0.113.9", "203.0.113.8", true)]
    [InlineData(null, null, false)]
    public void Addresses_that_one_customer_has_count_together(string? first, string? second, bool another)
    {
        using BrowserRate rate = Rate(1);
        rate.WhyWait(first is null ? null : IPAddress.Parse(first)).ShouldBeNull();

        (rate.WhyWait(second is null ? null : IPAddress.Parse(second)) is null).ShouldBe(another);
    }

    [Fact]
    public void Refusals_are_counted_by_their_reason()
    {
        using var limited = new MetricCollector<long>(_services.GetRequiredService<IMeterFactory>(), DestinationTracing.Name, "destination.ingest.limited");
        using BrowserRate rate = Rate(1);
        UInt128 device = BrowserRate.KeyOf("device-1"u8);

        _ = (rate.WhyWait(device), rate.WhyWait(device), rate.WhyWait(IPAddress.Loopback), rate.WhyWait(IPAddress.Loopback));

        limited.GetMeasurementSnapshot().Select(measurement => measurement.Tags["reason"]).ShouldBe(["device", "address"]);
    }

    public void Dispose() => _services.Dispose();

    private BrowserRate Rate(int perMinute) => new(perMinute, _services.GetRequiredService<DestinationMetrics>());
}
