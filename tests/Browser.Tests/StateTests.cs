using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CustomerIoDestination.Browser.Tests.Support;
using CustomerIoDestination.LocalHost;
using CustomerIoDestination.LocalHost.Tests.Support;
using CustomerIoDestination.Suites;
using CustomerIoDestination.TestRig.Processes;
using Microsoft.Playwright;
using TrackApiSandbox;
using TrackApiSandbox.Faults;

namespace CustomerIoDestination.Browser.Tests;

/// <summary>The sentence with which the page begins, in every state the destination can be in, and how it ends.</summary>
[Collection(BrowserCollection.Name)]
[NeedsChromium]
public sealed class StateTests(Chromium chromium)
{
    [SuiteFact]
    public async Task Delivering_to_a_workspace_names_Customer_io_and_no_sandbox()
    {
        await using SandboxServer workspace = await SandboxServer.StartAsync(new SandboxOptions { Port = 0 }, TimeProvider.System, CancellationToken.None);
        await using Host host = await Host.StartAsync("--CustomerIo:SiteId=site", "--CustomerIo:ApiKey=key", $"--CustomerIo:TrackApiUrl={workspace.BaseAddress}");
        await PostAsync(host, 3);
        IPage page = await OpenAsync(host);

        await Expect(page, "#state").ToHaveTextAsync("Delivering");
        await Expect(page, "#state-text").ToHaveTextAsync(Chromium.Like(@"^Events have been flowing to Customer\.io for (under a second|\d+ s)\.$"));
        await Expect(page, "#facts").ToContainTextAsync("credentials valid");
        await Expect(page, "#sandbox").ToBeHiddenAsync();
        await EndAsync(page, "state-delivering");
    }

    [SuiteFact]
    public async Task While_one_event_alone_fails_it_is_still_delivering_and_says_so()
    {
        await using Host host = await Host.StartAsync();
        host.App.Sandbox!.AddFault(new Fault { Status = 503, Match = "/customers/stuck" });
        await PostAsync(host, 1, "stuck");
        await PostAsync(host, 3);
        IPage page = await OpenAsync(host);

        await Expect(page, "#state").ToHaveTextAsync("Delivering");
        await Expect(page, "#state-text").ToContainTextAsync("Events have been flowing to the sandbox for ");
        await Expect(page, "#state-text").ToContainTextAsync(" 1 event fails and is tried again.");
        await EndAsync(page, "state-failing");
    }

    [SuiteTheory]
    [InlineData(503, "Customer.io answers HTTP 503")]
    [InlineData(429, "Customer.io asks to wait (HTTP 429)")]
    public async Task In_an_outage_it_says_what_Customer_io_answers_what_waits_and_when_the_next_try_is_and_goes_on_by_itself(int status, string why)
    {
        await using Host host = await Host.StartAsync();
        host.App.Sandbox!.AddFault(new Fault { Status = status, Match = "/customers/" });
        await PostAsync(host, 20);
        IPage page = await OpenAsync(host);

        await Expect(page, "#state").ToHaveTextAsync("Not getting through");
        await Expect(page, "#state-text").ToHaveTextAsync(Chromium.Like(
            $@"^For (under a second|\d+ s): {Regex.Escape(why)}\. Customer\.io last answered (under a second|\d+ s) ago\. Next try (now|in (under a second|\d+ s))\. Nothing is lost: 20 events wait and flow as soon as Customer\.io takes events again\.$"));
        await Expect(page, "#ready").ToHaveTextAsync("20");
        await Expect(page, "#facts").ToContainTextAsync("failed calls tried again");
        if (status == 429)
        {
            await Expect(page, "#rate-note").ToContainTextAsync(Chromium.Like(@"slowed down by Customer\.io to \d+ of 1,000 requests"));
        }

        await Chromium.KeepAsync(page, $"state-unavailable-{status}");
        host.App.Sandbox!.ClearFaults();

        await Expect(page, "#state").ToHaveTextAsync("Delivering");
        await Expect(page, "#delivered").ToHaveTextAsync("20");
        await EndAsync(page, $"state-available-{status}");
    }

    [SuiteFact]
    public async Task Without_a_connection_it_says_so_and_the_story_tells_the_failed_try()
    {
        int nobody = FreePort();
        await using Host host = await Host.StartAsync("--CustomerIo:SiteId=site", "--CustomerIo:ApiKey=key", $"--CustomerIo:TrackApiUrl=http://127.0.0.1:{nobody}");
        string id = await PostAsync(host, 12);
        IPage page = await OpenAsync(host);

        await Expect(page, "#state").ToHaveTextAsync("Not getting through");
        await Expect(page, "#state-text").ToContainTextAsync(": no connection to Customer.io comes about. ");
        await Expect(page, "#state-text").ToContainTextAsync("Nothing is lost: 12 events wait and flow as soon as Customer.io takes events again.");
        JsonNode story = JsonNode.Parse(await host.Http.GetStringAsync($"/api/events/{id}"))!;
        story["steps"]!.AsArray()[^1]!["step"]!.GetValue<string>().ShouldBe("tried");
        await EndAsync(page, "state-connection");
    }

    [SuiteFact]
    public async Task Refused_credentials_name_their_two_settings_and_what_waits()
    {
        await using SandboxServer workspace = await SandboxServer.StartAsync(new SandboxOptions { Port = 0, SiteId = "site", ApiKey = "key" }, TimeProvider.System, CancellationToken.None);
        await using Host host = await Host.StartAsync("--CustomerIo:SiteId=site", "--CustomerIo:ApiKey=another", $"--CustomerIo:TrackApiUrl={workspace.BaseAddress}");
        await PostAsync(host, 7);
        IPage page = await OpenAsync(host);

        await Expect(page, "#state").ToHaveTextAsync("Paused");
        await Expect(page, "#state-text").ToHaveTextAsync(Chromium.Like(
            @"^For (under a second|\d+ s): Customer\.io refuses the site id and API key\. Check CustomerIo__SiteId and CustomerIo__ApiKey\. Next try (now|in (under a second|\d+ s|\d+ min))\. Nothing is lost: 7 events wait and flow again when this is put right\.$"));
        await Expect(page, "#facts").ToContainTextAsync("credentials invalid");
        await Expect(page, "#ready").ToHaveTextAsync("7");
        await Expect(page, "#delivery-empty").ToHaveTextAsync("Nothing has ended yet: 7 events wait.");
        await Expect(page, "#resume").ToBeHiddenAsync();
        await EndAsync(page, "state-credentials");
    }

    [SuiteFact]
    public async Task While_everything_is_rejected_it_says_what_lies_in_the_dead_letters_and_what_Resume_does()
    {
        await using Host host = await Host.StartAsync();
        host.App.Sandbox!.AddFault(new Fault { Status = 400, Match = "/customers/" });
        await PostAsync(host, 90);
        IPage page = await OpenAsync(host);

        await Expect(page, "#state").ToHaveTextAsync("Paused");
        await Expect(page, "#state-text").ToHaveTextAsync(Chromium.Like(
            @"^For (under a second|\d+ s): Customer\.io rejects one event after another\. 49 events lie in the dead letters: look there for what Customer\.io said\. Resume tries all again; what is rejected still goes to the dead letters\. Next try (now|in (under a second|\d+ s|\d+ min))\. Nothing is lost: 41 events wait and flow again when this is put right\.$"));
        await Expect(page, "#ready").ToHaveTextAsync("41");
        await Expect(page, "#dead").ToHaveTextAsync("49");
        await Chromium.KeepAsync(page, "state-rejected");
        (await host.PostAsync("/api/dead-letters/discard", """{"all": true}""")).EnsureSuccessStatusCode();
        await Expect(page, "#state-text").ToContainTextAsync("0 events lie in the dead letters: look there");
        host.App.Sandbox!.ClearFaults();
        await page.ClickAsync("#resume");

        await Expect(page, "#state").ToHaveTextAsync("Delivering");
        await Expect(page, "#delivered").ToHaveTextAsync("41");
        await Expect(page, "#resume").ToBeHiddenAsync();
        await EndAsync(page, "state-resumed");
    }

    [SuiteFact]
    public async Task Switched_off_it_names_the_setting_and_what_waits()
    {
        await using Host host = await Host.StartAsync("--Delivery:Enabled=false");
        await PostAsync(host, 2);
        IPage page = await OpenAsync(host);

        await Expect(page, "#state").ToHaveTextAsync("Switched off");
        await Expect(page, "#state-text").ToHaveTextAsync(Chromium.Like(@"^For (under a second|\d+ s), by the setting Delivery__Enabled\. 2 events wait and flow when it is on again\.$"));
        await Expect(page, "#ready").ToHaveTextAsync("2");
        await EndAsync(page, "state-disabled");
    }

    [SuiteFact]
    public async Task An_open_page_comes_back_by_itself_when_the_host_was_started_again()
    {
        using var folder = new TemporaryFolder();
        int port = FreePort();
        string[] arguments = [.. Host.Arguments(folder.Queue).Where(argument => !argument.StartsWith("--Urls", StringComparison.Ordinal)), $"--Urls=http://127.0.0.1:{port}"];
        IPage page = await chromium.NewPageAsync();
        await using (LocalHostApp first = await LocalHostApp.StartAsync(arguments, CancellationToken.None))
        {
            await page.GotoAsync(first.BaseAddress.ToString());
            await Expect(page, "#state").ToHaveTextAsync("Delivering");
            await Expect(page, "#state-text").ToContainTextAsync("Ready to deliver events to the sandbox for ");
        }

        await Expect(page, "#state").ToHaveTextAsync("No answer");
        await Expect(page, "#state-text").ToHaveTextAsync("The destination can't be reached from here. What it has taken in stays on its queue.");
        await Expect(page, "#banner").ToHaveTextAsync("The destination does not answer. This page keeps trying.");
        await Expect(page, "#as-of").ToHaveTextAsync(Chromium.Like(@"^The numbers are as of \d\d:\d\d:\d\d\.$"));
        await Expect(page, "body").ToHaveClassAsync("stale");
        await Chromium.KeepAsync(page, "state-stale");

        await using LocalHostApp second = await LocalHostApp.StartAsync(arguments, CancellationToken.None);
        await Expect(page, "#state").ToHaveTextAsync("Delivering");
        await Expect(page, "#as-of").ToBeHiddenAsync();
        await Expect(page, "#banner").ToBeHiddenAsync();
        await Expect(page, "body").Not.ToHaveClassAsync("stale");
        await EndAsync(page, "state-restarted");
    }

    [SuiteFact]
    public async Task A_page_without_the_admin_key_says_that_it_is_locked_and_opens_with_the_right_key()
    {
        await using Host host = await Host.StartAsync("--Admin:Keys:0=the-admin-key-of-this-test", "--Sandbox:Enabled=true");
        IPage page = await OpenAsync(host);

        await Expect(page, "#state").ToHaveTextAsync("Locked");
        await Expect(page, "#state-text").ToHaveTextAsync("Enter the admin key to see how the destination is.");
        await page.FillAsync("#key-input", "a-key-that-is-not-right");
        await page.ClickAsync("#key button[type=submit]");
        await Expect(page, "#key-text").ToContainTextAsync("That key was not accepted. Check Admin__Keys in the destination's settings and try again.");
        await page.FillAsync("#key-input", "the-admin-key-of-this-test");
        await page.ClickAsync("#key button[type=submit]");

        await Expect(page, "#state").ToHaveTextAsync("Delivering");
        await EndAsync(page, "state-key");
    }

    [SuiteTheory]
    [InlineData("queue", "events lie on the queue and are not handed out")]
    [InlineData("no_permits", "no request is allowed at the moment: the rate is used up or shared")]
    public async Task What_Customer_io_has_no_part_in_is_not_said_to_end_with_Customer_io(string reason, string why)
    {
        await using Host host = await Host.StartAsync("--Delivery:Enabled=false");
        await PostAsync(host, 1);
        IPage page = await chromium.NewPageAsync();
        await page.RouteAsync("**/api/status", async route =>
        {
            IAPIResponse answer = await route.FetchAsync();
            JsonNode status = JsonNode.Parse(await answer.TextAsync())!;
            status["destination"]!["state"] = "unavailable";
            status["destination"]!["reason"] = reason;
            await route.FulfillAsync(new RouteFulfillOptions { Response = answer, Body = status.ToJsonString() });
        });
        await page.GotoAsync(host.App.BaseAddress.ToString());

        await Expect(page, "#state-text").ToContainTextAsync($": {why}. ");
        await Expect(page, "#state-text").ToContainTextAsync("Nothing is lost: 1 event waits and flows when this is over.");
        await EndAsync(page, $"state-{reason}");
    }

    private async Task<IPage> OpenAsync(Host host)
    {
        IPage page = await chromium.NewPageAsync();
        await page.GotoAsync(host.App.BaseAddress.ToString());
        return page;
    }

    // Each of another device, so that one that waits holds up none of the others; the last one's id.
    private static async Task<string> PostAsync(Host host, int count, string user = "user")
    {
        JsonArray events = [.. Enumerable.Range(0, count).Select(n => Tracks.Of(n % Tracks.Partitions, n, user))];
        using HttpResponseMessage response = (await host.PostAsync("/api/events", events.ToJsonString())).EnsureSuccessStatusCode();
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!["eventIds"]!.AsArray()[^1]!.GetValue<string>();
    }

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return int.Parse(listener.LocalEndpoint.ToString()!.Split(':')[^1], CultureInfo.InvariantCulture);
    }

    private static ILocatorAssertions Expect(IPage page, string selector) => Assertions.Expect(page.Locator(selector));

    private static async Task EndAsync(IPage page, string name)
    {
        await Chromium.KeepAsync(page, name);
        await page.Context.CloseAsync();
    }
}
