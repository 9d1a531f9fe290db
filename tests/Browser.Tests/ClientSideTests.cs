using System.Text.Json;
using CustomerIoDestination.Browser.Tests.Support;
using CustomerIoDestination.LocalHost.Tests.Support;
using CustomerIoDestination.Suites;
using Microsoft.Playwright;
using TrackApiSandbox.Snapshots;

namespace CustomerIoDestination.Browser.Tests;

/// <summary>Events straight from a browser: what pages call is compared with what arrives at Customer.io (the sandbox).</summary>
[Collection(BrowserCollection.Name)]
[NeedsChromium]
public sealed class ClientSideTests(Chromium chromium) : IAsyncLifetime
{
    private Site _site = null!;
    private Host _host = null!;

    public async Task InitializeAsync()
    {
        _site = await Site.StartAsync();
        _host = await Host.StartAsync("--Sandbox:Enabled=true", $"--Ingest:WriteKeys:0={Site.WriteKey}", $"--Ingest:AllowedOrigins={_site.Origin}");
        _site.Destination = _host.App.BaseAddress;
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        await _site.DisposeAsync();
    }

    [SuiteFact]
    public async Task A_visit_becomes_a_person_with_the_events_that_came_before_and_freshpaint_js_saw_the_same_calls()
    {
        IPage page = await OpenAsync();
        string device = await page.EvaluateAsync<string>("freshpaint.user().anonymousId()");
        await page.EvaluateAsync("""
            freshpaint.addEventProperties({ clinic: 'north' });
            freshpaint.track('Viewed Service', { service: 'Cardiology', n: 1 });
            freshpaint.identify('u-1', { email: 'eve@example.com', plan: 'gold', unsubscribed: true });
            freshpaint.track('Booked', { n: 2 });
            freshpaint.alias('u-2', 'u-1');
            freshpaint.reset();
            freshpaint.track('After', { n: 3 });
            """);

        await ArriveAsync(state => state.AnonymousEvents.Count == 1 && state.People.Sum(person => person.Events.Count) == 3);

        SandboxState state = State();
        SandboxPerson person = state.People.ShouldHaveSingleItem();
        (person.Id, person.Email, person.Unsubscribed).ShouldBe(("u-1", null, false));
        person.Attributes.Keys.ShouldBe(["plan"]);
        person.Events.Select(happened => (happened.Type, happened.Name)).ShouldBe([("page", await page.EvaluateAsync<string>("location.href")), ("event", "Viewed Service"), ("event", "Booked")]);
        person.Events.Where(happened => happened.Type == "event").Select(happened => DataOf(happened, "clinic")).ShouldBe(["north", "north"]);
        person.AnonymousIds.ShouldBe([device]);
        state.AnonymousEvents.ShouldHaveSingleItem().Name.ShouldBe("After");
        (await page.EvaluateAsync<string[]>("seen.map(call => call[0])")).ShouldBe(["page", "addEventProperties", "track", "identify", "track", "alias", "reset", "track"]);
        await page.Context.CloseAsync();
    }

    [SuiteFact]
    public async Task Calls_made_offline_arrive_when_the_browser_is_back()
    {
        IPage page = await OpenAsync();
        await page.Context.SetOfflineAsync(true);
        await CallAsync(page, "Offline", 20);
        await page.WaitForTimeoutAsync(2_000);
        Arrived("Offline").ShouldBeEmpty();

        await page.Context.SetOfflineAsync(false);

        await ArriveAsync("Offline", 20);
        await page.Context.CloseAsync();
    }

    [SuiteFact]
    public async Task Calls_stored_offline_are_sent_by_the_next_page_and_are_then_gone_from_the_browser()
    {
        IPage page = await OpenAsync("data-offline");
        await page.Context.SetOfflineAsync(true);
        await CallAsync(page, "Stored", 20);
        IBrowserContext context = page.Context;
        await page.CloseAsync();
        await context.SetOfflineAsync(false);

        IPage next = await context.NewPageAsync();
        await next.GotoAsync(_site.Page("data-offline"));

        await ArriveAsync("Stored", 20);
        await Eventually.BecomesTrueAsync(
            async () => await next.EvaluateAsync<int>("Object.keys(localStorage).filter(key => key.startsWith('freshpaint-browser.events.')).length") == 0, "nothing is stored");
        await context.CloseAsync();
    }

    [SuiteFact]
    public async Task A_tab_that_is_closed_in_the_middle_of_a_burst_loses_nothing()
    {
        IPage page = await OpenAsync();
        await CallAsync(page, "Burst", 120);

        await page.CloseAsync(new PageCloseOptions { RunBeforeUnload = true });

        await ArriveAsync("Burst", 120);
        await page.Context.CloseAsync();
    }

    [SuiteFact]
    public async Task Ten_tabs_of_one_browser_are_one_device_and_every_call_counts_once()
    {
        IPage first = await OpenAsync();
        IPage[] tabs = [first, .. await Task.WhenAll(Enumerable.Range(0, 9).Select(async _ =>
        {
            IPage tab = await first.Context.NewPageAsync();
            await tab.GotoAsync(_site.Page());
            return tab;
        }))];

        for (int tab = 0; tab < tabs.Length; tab++)
        {
            await CallAsync(tabs[tab], "Tab", 20, from: tab * 20);
        }

        await ArriveAsync("Tab", 200, inOrder: false);
        State().AnonymousEvents.Select(happened => happened.AnonymousId).Distinct().Count().ShouldBe(1);
        await first.Context.CloseAsync();
    }

    [SuiteFact]
    public async Task A_page_of_another_origin_is_refused_and_works_on()
    {
        IPage page = await OpenAsync(host: "localhost");
        List<string> errors = [];
        page.PageError += (_, error) => errors.Add(error);
        await CallAsync(page, "Foreign", 5);
        await page.WaitForTimeoutAsync(3_000);
        await page.CloseAsync(new PageCloseOptions { RunBeforeUnload = true });

        State().ShouldSatisfyAllConditions(state => state.People.ShouldBeEmpty(), state => state.AnonymousEvents.ShouldBeEmpty());
        errors.ShouldBeEmpty();
        await page.Context.CloseAsync();
    }

    [SuiteFact]
    public async Task Where_an_ad_blocker_stops_the_requests_the_page_works_on_and_what_waits_arrives_once_it_lets_them_pass()
    {
        IPage page = await OpenAsync();
        List<string> errors = [];
        page.PageError += (_, error) => errors.Add(error);
        await page.RouteAsync("**/api/events*", route => route.AbortAsync("blockedbyclient"));
        await CallAsync(page, "Blocked", 20);
        await page.WaitForTimeoutAsync(3_000);
        (await page.EvaluateAsync<int>("seen.filter(call => call[1] === 'Blocked').length")).ShouldBe(20);
        Arrived("Blocked").ShouldBeEmpty();

        await page.UnrouteAsync("**/api/events*");

        await ArriveAsync("Blocked", 20);
        errors.ShouldBeEmpty();
        await page.Context.CloseAsync();
    }

    [SuiteFact]
    public async Task Where_freshpaint_js_itself_is_blocked_events_arrive_with_a_device_of_the_scripts_own()
    {
        IPage page = await chromium.NewPageAsync();
        await page.RouteAsync("**/freshpaint.js", route => route.AbortAsync("blockedbyclient"));
        await page.GotoAsync(_site.Page());
        await CallAsync(page, "Alone", 5);

        await ArriveAsync("Alone", 5);

        State().AnonymousEvents.Select(happened => happened.AnonymousId).Distinct().ShouldHaveSingleItem().ShouldNotBeNull().Length.ShouldBe(36);
        await page.Context.CloseAsync();
    }

    [SuiteFact]
    public async Task A_thousand_calls_within_a_second_arrive_in_their_order_each_once()
    {
        IPage page = await OpenAsync();

        double took = await CallAsync(page, "Fast", 1_000);

        took.ShouldBeLessThan(1_000);
        await ArriveAsync("Fast", 1_000);
        await page.Context.CloseAsync();
    }

    [SuiteFact]
    public async Task Without_consent_nothing_leaves_and_nothing_is_stored()
    {
        IPage page = await OpenAsync("data-offline data-consent=\"agrees\"");
        await page.EvaluateAsync("window.agrees = () => window.agreed === true");
        await CallAsync(page, "Before", 5);
        await page.EvaluateAsync("window.agreed = true");
        await CallAsync(page, "After", 5);

        await ArriveAsync("After", 5);

        Arrived("Before").ShouldBeEmpty();
        await page.Context.CloseAsync();
    }

    private async Task<IPage> OpenAsync(string attributes = "", string host = "127.0.0.1")
    {
        IPage page = await chromium.NewPageAsync();
        await page.GotoAsync(_site.Page(attributes, host));
        await page.WaitForFunctionAsync("window.seen !== undefined");
        return page;
    }

    // In one go, as a page does; how many milliseconds it took.
    private static Task<double> CallAsync(IPage page, string name, int count, int from = 0) => page.EvaluateAsync<double>(
        """
        ([name, count, from]) => {
          const start = performance.now();
          for (let n = from; n < from + count; n++) freshpaint.track(name, { n });
          return performance.now() - start;
        }
        """,
        new object[] { name, count, from });

    private async Task ArriveAsync(string name, int count, bool inOrder = true)
    {
        await ArriveAsync(state => Numbers(state, name).Count >= count);
        await Task.Delay(500);
        List<int> numbers = Numbers(State(), name);
        (inOrder ? numbers : [.. numbers.Order()]).ShouldBe(Enumerable.Range(0, count));
    }

    private async Task ArriveAsync(Func<SandboxState, bool> arrived)
    {
        try
        {
            await Eventually.BecomesTrueAsync(() => Task.FromResult(arrived(State())), "what was called", TimeSpan.FromSeconds(60));
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"{late.Message} The sandbox knows {JsonSerializer.Serialize(State())}.", late);
        }
    }

    private List<int> Arrived(string name) => Numbers(State(), name);

    private static List<int> Numbers(SandboxState state, string name) =>
        [.. state.AnonymousEvents.Where(happened => happened.Name == name).Select(happened => int.Parse(DataOf(happened, "n")!, System.Globalization.CultureInfo.InvariantCulture))];

    private static string? DataOf(SandboxEvent happened, string name) =>
        happened.Data.ToElement().TryGetProperty(name, out JsonElement value) ? value.ToString() : null;

    private SandboxState State() => _host.App.Sandbox!.GetState();
}
