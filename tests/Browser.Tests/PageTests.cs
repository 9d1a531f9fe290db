using CustomerIoDestination.Browser.Tests.Support;
using CustomerIoDestination.LocalHost;
using CustomerIoDestination.LocalHost.Tests.Support;
using CustomerIoDestination.Suites;
using CustomerIoDestination.TestRig.Processes;
using Microsoft.Playwright;

namespace CustomerIoDestination.Browser.Tests;

/// <summary>The page as somebody sees it: every test is of a sentence that is read there.</summary>
[Collection(BrowserCollection.Name)]
[NeedsChromium]
public sealed class PageTests(Chromium chromium)
{
    private const string Track = """{"type": "track", "event": "Order Completed", "userId": "u-42", "anonymousId": "d-42", "messageId": "m-42"}""";

    [SuiteFact]
    public async Task An_event_that_is_delivered_is_shown_as_delivered_and_the_page_says_that_it_went_to_the_sandbox()
    {
        await using Host host = await Host.StartAsync();
        IPage page = await OpenAsync(host);
        await PostAsync(host, Track);

        await Expect(page, "#delivery-rows tr").ToHaveCountAsync(1);
        await Expect(page, "#delivery-rows .badge").ToHaveTextAsync("Delivered");
        await Expect(page, "#delivered").ToHaveTextAsync("1");
        await Expect(page, "#sandbox-text").ToContainTextAsync("not to Customer.io, and are forgotten at exit");
        await Expect(page, "#state-text").ToContainTextAsync("Events have been flowing to the sandbox");
        await EndAsync(page, "delivered");
    }

    [SuiteFact]
    public async Task A_replay_of_all_ends_by_telling_what_became_of_it_and_takes_nothing_twice()
    {
        await using Host host = await Host.StartAsync();
        await PostAsync(host, """[{"type": "track", "event": "a"}, {"type": "track", "event": "b"}, {"type": "track", "event": "c"}]""");
        IPage page = await OpenAsync(host);
        await Expect(page, "#dead-rows tr").ToHaveCountAsync(3);

        await page.ClickAsync("#replay");
        await Expect(page, "#confirm-title").ToHaveTextAsync("Replay 3 dead letters?");
        await Expect(page, "#confirm-text").ToContainTextAsync("3 × No identifier");
        await page.ClickAsync("#confirm-yes");

        await Expect(page, "#dead-message").ToHaveTextAsync("3 replayed: 0 delivered, 3 came back (No identifier 3).");
        await Expect(page, "#dead-rows tr").ToHaveCountAsync(3);
        await Expect(page, "#dead-rows .note").ToHaveCountAsync(3);
        await Expect(page, "#stop").ToBeHiddenAsync();
        await EndAsync(page, "replayed");
    }

    [SuiteFact]
    public async Task A_replay_of_more_than_one_pass_takes_tells_how_far_it_is_and_takes_each_letter_once()
    {
        const int Letters = 5_100;
        await using Host host = await Host.StartAsync();
        for (int from = 0; from < Letters; from += 850)
        {
            await PostAsync(host, string.Join('\n', Enumerable.Range(from, 850).Select(n => $$"""{"type": "track", "event": "a", "messageId": "m-{{n}}"}""")));
        }

        await Eventually.BecomesTrueAsync(async () => await host.Http.WaitingAsync() == 0, "all letters to lie in the dead letters");
        IPage page = await OpenAsync(host);
        await Expect(page, "#dead").ToHaveTextAsync("5,100");
        await page.EvaluateAsync("window.said = []; new MutationObserver(() => said.push(document.getElementById('dead-message').textContent)).observe(document.getElementById('dead-message'), { childList: true, characterData: true, subtree: true })");

        await page.ClickAsync("#replay");
        await Expect(page, "#confirm-title").ToHaveTextAsync("Replay 5,100 dead letters?");
        await page.ClickAsync("#confirm-yes");

        await Expect(page, "#dead-message").ToHaveTextAsync("5,100 replayed: 0 delivered, 5,100 came back (No identifier 5,100).");
        (await page.EvaluateAsync<string[]>("said")).ShouldContain("5,000 replayed, going on…");
        await Expect(page, "#dead").ToHaveTextAsync("5,100");
        await EndAsync(page, "replayed-many");
    }

    [SuiteFact]
    public async Task A_rules_file_that_is_changed_with_a_mistake_is_a_banner_that_says_which_rules_stay_in_force()
    {
        const string Good = """{"transformations": [{"operation": "stripQuery", "on": "events"}], "privacy": {"allow": {"traits": ["email"]}}}""";
        using var folder = new TemporaryFolder();
        string file = Path.Combine(folder.Path, "rules.json");
        await File.WriteAllTextAsync(file, Good);
        await using Host host = await Host.StartAsync($"--Rules:Path={file}");
        IPage page = await OpenAsync(host);
        await Expect(page, "#rules").ToHaveTextAsync(Chromium.Like(@"^Rules: 1 transformation, privacy mode on, in force since \d\d:\d\d:\d\d \(.*rules\.json\)\.$"));
        await Expect(page, "#rules-banner").ToBeHiddenAsync();

        await File.WriteAllTextAsync(file, Good.Replace("privacy", "privcy", StringComparison.Ordinal));

        await Expect(page, "#rules-banner").ToHaveTextAsync(Chromium.Like(
            @"^The changed rules file has a mistake and does not count: privcy is unknown; did you mean ""privacy""\?.* The rules in force since \d\d:\d\d:\d\d stay: 1 transformation, privacy mode on\.$"));
        await Chromium.KeepAsync(page, "rules-banner");
        await File.WriteAllTextAsync(file, Good);
        await Expect(page, "#rules-banner").ToBeHiddenAsync();
        await EndAsync(page, "rules");
    }

    [SuiteFact]
    public async Task An_example_of_the_page_is_previewed_with_its_request_and_what_is_left_behind()
    {
        await using Host host = await Host.StartAsync();
        IPage page = await OpenAsync(host);

        await page.SelectOptionAsync("#example", "A purchase (webhook)");
        await Expect(page, "#preview-output .badge").ToHaveTextAsync("Would be sent");
        await Expect(page, "#preview-output .request").ToContainTextAsync("https://track.customer.io/api/v1/customers/u-42/events");
        await page.SelectOptionAsync("#example", "An attribute that is too long");
        await Expect(page, "#preview-output .badge").ToHaveTextAsync("Would become a dead letter");
        await Expect(page, "#preview-output").ToContainTextAsync("traits.bio: the attribute's value has 1400 bytes; the limit is 1000");
        await Expect(page, "#delivered").ToHaveTextAsync("0");
        await EndAsync(page, "example");
    }

    [SuiteFact]
    public async Task A_replay_is_stopped_between_two_passes_and_every_pass_goes_on_with_the_bound_of_the_first()
    {
        await using Host host = await Host.StartAsync();
        await PostAsync(host, """{"type": "track", "event": "a"}""");
        IPage page = await OpenAsync(host);
        await Expect(page, "#dead-rows tr").ToHaveCountAsync(1);
        List<string> asked = [];
        await page.RouteAsync("**/api/dead-letters/replay", async route =>
        {
            asked.Add(route.Request.PostData!);
            await Task.Delay(asked.Count < 3 ? 0 : 500);
            await route.FulfillAsync(new RouteFulfillOptions
            {
                ContentType = "application/json",
                Body = """{"replayed": 5000, "notFound": [], "more": true, "warnings": [], "bound": "9-1", "cameBack": {"no_email": 7}, "delivered": 4993, "skipped": 0, "waiting": 0}""",
            });
        });

        await page.ClickAsync("#replay");
        await page.ClickAsync("#confirm-yes");
        await Expect(page, "#dead-message").ToContainTextAsync("replayed, going on…");
        await page.ClickAsync("#stop");

        await Expect(page, "#dead-message").ToContainTextAsync("replayed: 4,993 delivered, 7 came back (The person has no e-mail 7).");
        await Expect(page, "#dead-message").ToContainTextAsync("Stopped. ");
        asked[0].ShouldBe("""{"all":true}""");
        asked[1..].ShouldAllBe(body => body == """{"all":true,"bound":"9-1"}""");
        await EndAsync(page, "stopped");
    }

    [SuiteFact]
    public async Task Counts_go_on_after_a_restart()
    {
        using var folder = new TemporaryFolder();
        await using (LocalHostApp first = await LocalHostApp.StartAsync(Host.Arguments(folder.Queue), CancellationToken.None))
        {
            using var http = new HttpClient { BaseAddress = first.BaseAddress };
            (await http.PostAsync("/api/events", new StringContent($"[{Track}, {Track.Replace("m-42", "m-43", StringComparison.Ordinal)}, 7]"))).EnsureSuccessStatusCode();
            await Eventually.BecomesTrueAsync(async () => await http.WaitingAsync() == 0, "both events to end");
        }

        await using LocalHostApp second = await LocalHostApp.StartAsync(Host.Arguments(folder.Queue), CancellationToken.None);
        IPage page = await chromium.NewPageAsync();
        await page.GotoAsync(second.BaseAddress.ToString());

        await Expect(page, "#delivered").ToHaveTextAsync("2");
        await Expect(page, "#delivered-note").ToContainTextAsync("3 received");
        await EndAsync(page, "restarted");
    }

    [SuiteFact]
    public async Task A_preview_says_what_would_happen_and_a_name_can_not_turn_the_text_around_it()
    {
        await using Host host = await Host.StartAsync();
        IPage page = await OpenAsync(host);

        await PreviewAsync("""{"type": "track", "event": "no one"}""");
        await Expect(page, "#preview-output .badge").ToHaveTextAsync("Would become a dead letter");
        await PreviewAsync("7");
        await Expect(page, "#preview-output .badge").ToHaveTextAsync("Would be refused");
        await PreviewAsync("""{"type": "track", "event": "a\u202elive", "userId": "u", "properties": {"שם": 1}}""");
        await Expect(page, "#preview-output .badge").ToHaveTextAsync("Would be sent");
        (await page.InnerTextAsync("#preview-output")).ShouldContain("a\\u202elive");
        await Expect(page, "#preview-output .request pre bdi").ToHaveTextAsync("שם");
        await EndAsync(page, "preview");

        async Task PreviewAsync(string text)
        {
            await page.FillAsync("#preview-input", text);
            await page.ClickAsync("#preview-form button[type=submit]");
        }
    }

    [SuiteFact]
    public async Task Customer_ios_answer_is_shown_with_the_event_once_somebody_asks_for_it()
    {
        await using Host host = await Host.StartAsync();
        using var sandbox = new HttpClient { BaseAddress = host.App.Sandbox!.BaseAddress };
        (await sandbox.PostAsync("/sandbox/faults", new StringContent("""{"status": 400}""", System.Text.Encoding.UTF8, "application/json"))).EnsureSuccessStatusCode();
        await PostAsync(host, Track.Replace("u-42", " u-42", StringComparison.Ordinal));
        IPage page = await OpenAsync(host);
        await Expect(page, "#dead-rows .why").ToContainTextAsync("what Customer.io wrote may quote data and is kept with the event");

        await page.ClickAsync("#dead-rows button.link");
        await Expect(page, "#story .steps").ToContainTextAsync("Rejected by Customer.io");
        await page.ClickAsync("#story summary");

        await Expect(page, "#story pre").ToHaveCountAsync(2);
        await Expect(page, "#story pre >> nth=0").ToContainTextAsync("Order Completed");
        await Expect(page, "#story .answer").Not.ToBeEmptyAsync();
        await EndAsync(page, "answer");
    }

    [SuiteFact]
    public async Task While_the_host_does_not_answer_the_last_numbers_are_dim_and_say_of_when_they_are()
    {
        IPage page;
        await using (Host host = await Host.StartAsync())
        {
            page = await OpenAsync(host);
            await Expect(page, "#state").ToHaveTextAsync("Delivering");
        }

        await Expect(page, "#state").ToHaveTextAsync("No answer");
        await Expect(page, "#as-of").ToContainTextAsync("The numbers are as of ");
        double opacity = await page.EvalOnSelectorAsync<double>(".tiles", "tiles => Number(getComputedStyle(tiles).opacity)");
        opacity.ShouldBeLessThan(0.8);
        await EndAsync(page, "stale");
    }

    private async Task<IPage> OpenAsync(Host host)
    {
        IPage page = await chromium.NewPageAsync();
        await page.GotoAsync(host.App.BaseAddress.ToString());
        return page;
    }

    private static async Task PostAsync(Host host, string body) => (await host.PostAsync("/api/events", body)).EnsureSuccessStatusCode();

    private static ILocatorAssertions Expect(IPage page, string selector) => Assertions.Expect(page.Locator(selector));

    private static async Task EndAsync(IPage page, string name)
    {
        await Chromium.KeepAsync(page, name);
        await page.Context.CloseAsync();
    }
}
