using System.Text;
using CustomerIoDestination.Model;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Tests.Support;
using CustomerIoDestination.TrackApi;

namespace CustomerIoDestination.Tests.TrackApi;

public sealed class WorkspaceTests
{
    private const string UsRegion = """{"url":"https://track.customer.io","region":"us","environment_id":3}""";
    private const string EuRegion = """{"url":"https://track-eu.customer.io","region":"eu","environment_id":3}""";

    [Theory]
    [InlineData(CustomerIoRegion.Us, "https://track.customer.io/")]
    [InlineData(CustomerIoRegion.Eu, "https://track-eu.customer.io/")]
    public async Task A_configured_region_names_the_url(CustomerIoRegion region, string url)
    {
        await using DeliveryRig rig = new(customerIo: Live(region));
        rig.Api.Reply(200);

        await SendAsync(rig);

        rig.Api.Calls.ShouldHaveSingleItem().Url.ShouldStartWith(url);
    }

    [Fact]
    public async Task With_region_auto_nothing_is_sent_before_Customer_io_said_where()
    {
        await using DeliveryRig rig = new(customerIo: Live(CustomerIoRegion.Auto));
        rig.Api.Reply(503).Reply(503).Reply(503).Reply(200, EuRegion).Reply(200);

        DeliveryOutcome first = await SendAsync(rig);
        rig.Time.Advance(TimeSpan.FromSeconds(11));
        DeliveryOutcome second = await SendAsync(rig);

        first.ShouldBe(new DeliveryOutcome.Unavailable("http_503", 503) { Calls = 0 });
        second.ShouldBe(new DeliveryOutcome.Delivered(200));
        rig.Api.Calls.Take(4).ShouldAllBe(call => call.Url == "https://track.customer.io/api/v1/accounts/region" && call.Method == "GET" && call.Body.Length == 0);
        rig.Api.Calls[4].Url.ShouldStartWith("https://track-eu.customer.io/api/v1/customers/");
        rig.Client.Workspace.Number.ShouldBe(3);
    }

    [Theory]
    [InlineData("""{"url":"https://evil.example","region":"us"}""")]
    [InlineData("""{"url":"http://track.customer.io","region":"us"}""")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("<html>")]
    public async Task A_region_nobody_knows_is_no_place_to_send_data_to(string answer)
    {
        await using DeliveryRig rig = new(customerIo: Live(CustomerIoRegion.Auto));
        rig.Api.Always(_ => StubTrackApi.Response(200, answer));

        DeliveryOutcome outcome = await SendAsync(rig);

        outcome.ShouldBeOfType<DeliveryOutcome.Unavailable>();
        rig.Api.Calls.ShouldAllBe(call => call.IsPing);
    }

    [Theory]
    [InlineData(401, 200, UsRegion, typeof(DeliveryOutcome.Unavailable), "http_401")]
    [InlineData(403, 200, UsRegion, typeof(DeliveryOutcome.Unavailable), "http_403")]
    [InlineData(407, 200, UsRegion, typeof(DeliveryOutcome.Unavailable), "http_407")]
    [InlineData(404, 200, UsRegion, typeof(DeliveryOutcome.Rejected), "http_404")]
    [InlineData(405, 200, UsRegion, typeof(DeliveryOutcome.Rejected), "http_405")]
    [InlineData(409, 200, UsRegion, typeof(DeliveryOutcome.Rejected), "http_409")]
    [InlineData(302, 200, UsRegion, typeof(DeliveryOutcome.Rejected), "http_302")]
    [InlineData(401, 401, "", typeof(DeliveryOutcome.Misconfigured), "credentials_refused")]
    [InlineData(401, 403, "", typeof(DeliveryOutcome.Misconfigured), "credentials_refused")]
    [InlineData(404, 401, "", typeof(DeliveryOutcome.Misconfigured), "credentials_refused")]
    [InlineData(302, 302, "", typeof(DeliveryOutcome.Misconfigured), "wrong_region")]
    [InlineData(401, 200, EuRegion, typeof(DeliveryOutcome.Misconfigured), "wrong_region")]
    [InlineData(404, 404, "", typeof(DeliveryOutcome.Misconfigured), "wrong_url")]
    [InlineData(401, 407, "", typeof(DeliveryOutcome.Unavailable), "http_407")]
    [InlineData(401, 429, "", typeof(DeliveryOutcome.Unavailable), "http_429")]
    [InlineData(404, 200, "<html>", typeof(DeliveryOutcome.Unavailable), "unreadable_answer")]
    public async Task A_suspicious_answer_is_understood_by_a_ping(int status, int pingStatus, string ping, Type expected, string code)
    {
        await using DeliveryRig rig = new(customerIo: Live(CustomerIoRegion.Us));
        rig.Api.Always(call => call.IsPing ? StubTrackApi.Response(pingStatus, ping) : StubTrackApi.Response(status));

        DeliveryOutcome outcome = await SendAsync(rig);

        outcome.ShouldBeOfType(expected);
        outcome.Reason.ShouldBe(code);
        outcome.HttpStatus.ShouldBe(status);
    }

    [Fact]
    public async Task Pings_are_shared_and_their_answer_holds_ten_seconds()
    {
        await using DeliveryRig rig = new(customerIo: Live(CustomerIoRegion.Us));
        rig.Api.Always(_ => StubTrackApi.Response(200, UsRegion));

        PingResult[] together = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => rig.Client.PingAsync(CancellationToken.None)));
        rig.Time.Advance(TimeSpan.FromSeconds(9));
        await rig.Client.PingAsync(CancellationToken.None);
        int before = rig.Api.Calls.Count;
        rig.Time.Advance(TimeSpan.FromSeconds(2));
        await rig.Client.PingAsync(CancellationToken.None);

        together.ShouldAllBe(result => result == new PingResult.Good(CustomerIoRegion.Us, TrackApiUrl.Us, 3));
        before.ShouldBe(1);
        rig.Api.Calls.Count.ShouldBe(2);
    }

    [Fact]
    public async Task With_region_auto_it_follows_a_workspace_to_the_other_region()
    {
        await using DeliveryRig rig = new(customerIo: Live(CustomerIoRegion.Auto));
        rig.Api.Reply(200, UsRegion).Reply(200, EuRegion).Reply(200, EuRegion);
        await rig.Client.PingAsync(CancellationToken.None);
        rig.Time.Advance(TimeSpan.FromSeconds(11));

        (await rig.Client.PingAsync(CancellationToken.None)).ShouldBe(new PingResult.WrongUrl(TrackApiUrl.Eu));
        rig.Time.Advance(TimeSpan.FromSeconds(11));
        (await rig.Client.PingAsync(CancellationToken.None)).ShouldBe(new PingResult.Good(CustomerIoRegion.Eu, TrackApiUrl.Eu, 3));

        rig.Api.Calls[^1].Url.ShouldStartWith("https://track-eu.customer.io/");
    }

    [Fact]
    public async Task A_rotated_key_is_used_at_once()
    {
        Rotating credentials = new();
        await using DeliveryRig rig = new(customerIo: Live(CustomerIoRegion.Us), configure: services => Register(services, credentials));
        rig.Api.Always(call => call.Authorization!.EndsWith(Basic("new"), StringComparison.Ordinal)
            ? StubTrackApi.Response(200, call.IsPing ? UsRegion : "{}")
            : StubTrackApi.Response(401));

        (await SendAsync(rig)).Reason.ShouldBe("http_401");
        (await SendAsync(rig)).ShouldBe(new DeliveryOutcome.Delivered(200));
    }

    private static void Register(Microsoft.Extensions.DependencyInjection.IServiceCollection services, ICredentialSource credentials) =>
        Microsoft.Extensions.DependencyInjection.ServiceCollectionServiceExtensions.AddSingleton(services, credentials);

    private static string Basic(string key) => Convert.ToBase64String(Encoding.UTF8.GetBytes($"site:{key}"));

    private static CustomerIoSettings Live(CustomerIoRegion region) => new() { SiteId = "site", ApiKey = new Secret("key"), Region = region };

    private static Task<DeliveryOutcome> SendAsync(DeliveryRig rig) =>
        rig.RunAsync(rig.Client.SendAsync(Some.Request, Lane.Live, CancellationToken.None).AsTask());

    private sealed class Rotating : ICredentialSource
    {
        private TrackApiCredentials _current = new("site", new Secret("old"));

        public ValueTask<TrackApiCredentials?> GetAsync(CancellationToken cancellationToken) => new(_current);

        public void Forget() => _current = new TrackApiCredentials("site", new Secret("new"));
    }
}
