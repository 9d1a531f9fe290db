using System.Net;
using CustomerIoDestination.HttpApi.Authentication;
using CustomerIoDestination.HttpApi.Tests.Support;
using CustomerIoDestination.Settings;
using Microsoft.AspNetCore.Http;

namespace CustomerIoDestination.HttpApi.Tests.Authentication;

public sealed class LoopbackRuleTests
{
    [Theory]
    [InlineData("http://localhost", null)]
    [InlineData(null, "same-origin")]
    [InlineData(null, "none")]
    [InlineData("http://localhost", "same-origin")]
    public async Task The_page_itself_and_typed_addresses_pass(string? origin, string? site)
    {
        await using ApiHost host = await ApiHost.StartAsync();

        (await host.GetAsync("/api/status", Headers(origin, site)).StatusAsync()).ShouldBe(200);
    }

    [Theory]
    [InlineData("https://localhost", null)]
    [InlineData("http://localhost:3000", null)]
    [InlineData("http://localhost.evil.example", null)]
    [InlineData("null", null)]
    [InlineData(null, "cross-site")]
    [InlineData(null, "CROSS-SITE")]
    [InlineData("http://localhost", "cross-site")]
    public async Task Any_other_page_is_refused(string? origin, string? site)
    {
        await using ApiHost host = await ApiHost.StartAsync();

        (await host.GetAsync("/api/status", Headers(origin, site)).ErrorAsync()).ShouldBe("403 foreign_origin");
    }

    [Theory]
    [InlineData("localhost", 200)]
    [InlineData("LOCALHOST:7071", 200)]
    [InlineData("127.0.0.1:7071", 200)]
    [InlineData("127.9.9.9", 200)]
    [InlineData("[::1]:7071", 200)]
    [InlineData("rebound.example", 403)]
    [InlineData("localhost.rebound.example:7071", 403)]
    [InlineData("192.168.1.10:7071", 403)]
    [InlineData("0.0.0.0:7071", 403)]
    public async Task A_name_that_is_not_this_machines_own_is_refused(string name, int status)
    {
        await using ApiHost host = await ApiHost.StartAsync();

        (await host.GetAsync("/api/status", $"Host: {name}").StatusAsync()).ShouldBe(status);
    }

    [Theory]
    [InlineData("127.0.0.1", null)]
    [InlineData("::1", null)]
    [InlineData("::ffff:127.0.0.1", null)]
    [InlineData("10.0.0.5", "not_loopback")]
    [InlineData("2001:db8::1", "not_loopback")]
    public void A_caller_on_another_machine_is_refused(string address, string? code)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse(address);
        context.Request.Host = new HostString("localhost");

        LoopbackRule.Refuse(context.Request)?.Code.ShouldBe(code);
        (LoopbackRule.Refuse(context.Request) is null).ShouldBe(code is null);
    }

    [Fact]
    public async Task With_both_kinds_of_keys_pages_and_names_do_not_matter()
    {
        await using ApiHost host = await ApiHost.StartAsync(new DestinationSettings
        {
            Ingest = new IngestSettings { Keys = [new Secret("i")] },
            Admin = new AdminSettings { Keys = [new Secret("a")] },
        });

        int status = await host.GetAsync("/api/status", "X-Admin-Key: a", "Host: ops.example", "Origin: https://portal.example", "Sec-Fetch-Site: cross-site").StatusAsync();

        status.ShouldBe(200);
    }

    [Fact]
    public async Task With_one_kind_of_keys_the_rule_holds_still()
    {
        await using ApiHost host = await ApiHost.StartAsync(new DestinationSettings { Ingest = new IngestSettings { Keys = [new Secret("i")] } });

        (await host.GetAsync("/api/status", "Origin: https://evil.example").ErrorAsync()).ShouldBe("403 foreign_origin");
    }

    private static string[] Headers(string? origin, string? site) =>
        [.. new[] { origin is null ? null : $"Origin: {origin}", site is null ? null : $"Sec-Fetch-Site: {site}" }.OfType<string>()];
}
