using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using CustomerIoDestination.LocalHost.Tests.Support;
using CustomerIoDestination.TestRig.Processes;
using TrackApiSandbox;

namespace CustomerIoDestination.LocalHost.Tests.EndToEnd;

/// <summary>What is done to the queue's file from outside while the host, a process of its own, works on it.</summary>
public sealed class QueueFileTests
{
    [Fact]
    public async Task A_second_host_that_comes_by_a_symbolic_link_does_not_start()
    {
        using var folder = new TemporaryFolder();
        await using SandboxServer sandbox = await SandboxAsync();
        await using ChildProcess host = HostProcess.Start(folder.Path, Settings(folder.Queue, sandbox));
        await host.BaseAddressAsync();
        string elsewhere = Directory.CreateDirectory(Path.Combine(folder.Path, "elsewhere")).FullName;
        string link = Path.Combine(elsewhere, "queue.db");
        File.CreateSymbolicLink(link, folder.Queue);

        await using ChildProcess second = HostProcess.Start(folder.Path, Settings(link, sandbox));
        InvalidOperationException refused = await Should.ThrowAsync<InvalidOperationException>(() => second.BaseAddressAsync());

        refused.Message.ShouldContain("is in use");
        second.ExitCode.ShouldBe(1);
    }

    [Fact]
    public async Task A_queue_that_is_deleted_promises_nothing_more_delivers_what_it_held_and_lets_no_second_host_start()
    {
        using var folder = new TemporaryFolder();
        await using SandboxServer sandbox = await SandboxAsync();
        await using ChildProcess host = HostProcess.Start(folder.Path, [.. Settings(folder.Queue, sandbox), "--Delivery:RequestsPerSecond=10"]);
        using var http = new HttpClient { BaseAddress = await host.BaseAddressAsync() };
        (await PostAsync(http, first: 0, count: 60)).ShouldBe((HttpStatusCode.Accepted, null));

        foreach (string file in Directory.GetFiles(Path.GetDirectoryName(folder.Queue)!, Path.GetFileName(folder.Queue) + "*"))
        {
            File.Delete(file);
        }

        (HttpStatusCode, string?) after = await PostAsync(http, first: 1_000, count: 1);
        await Eventually.BecomesTrueAsync(async () => await StatusAsync(http, "/api/health") == HttpStatusCode.ServiceUnavailable, "the health to tell");
        await Eventually.BecomesTrueAsync(() => Task.FromResult(host.Output.Contains("was deleted, moved or replaced", StringComparison.Ordinal)), "the log to tell");
        (HttpStatusCode, string?)[] changes =
        [
            await SendAsync(http, HttpMethod.Get, "/api/health", null),
            await SendAsync(http, HttpMethod.Post, "/api/people/forget", """{"id":"somebody","email":"somebody@example.com"}"""),
            await SendAsync(http, HttpMethod.Delete, "/api/people/forget", """{"id":"somebody"}"""),
        ];
        await using ChildProcess second = HostProcess.Start(folder.Path, Settings(folder.Queue, sandbox));
        InvalidOperationException refused = await Should.ThrowAsync<InvalidOperationException>(() => second.BaseAddressAsync());
        await Eventually.BecomesTrueAsync(() => Task.FromResult(sandbox.GetStats().Events == 60), "what the file held to arrive");

        after.ShouldBe((HttpStatusCode.ServiceUnavailable, "queue_file_lost"));
        changes.ShouldBe(Enumerable.Repeat(after, 3));
        refused.Message.ShouldContain("is in use");
    }

    [Fact]
    public async Task A_queue_that_is_cut_in_half_is_told_by_health_and_takes_nothing_and_is_refused_at_the_next_start()
    {
        using var folder = new TemporaryFolder();
        await using SandboxServer sandbox = await SandboxAsync();
        string[] settings = [.. Settings(folder.Queue, sandbox), "--Delivery:Enabled=false"];
        await using (ChildProcess host = HostProcess.Start(folder.Path, settings))
        {
            using var http = new HttpClient { BaseAddress = await host.BaseAddressAsync() };
            (await PostAsync(http, first: 0, count: 1_000)).ShouldBe((HttpStatusCode.Accepted, null));
            (await PostAsync(http, first: 1_000, count: 1_000)).ShouldBe((HttpStatusCode.Accepted, null));
            await host.InterruptAsync();
        }

        await using (ChildProcess host = HostProcess.Start(folder.Path, settings))
        {
            using var http = new HttpClient { BaseAddress = await host.BaseAddressAsync() };
            string half = (new FileInfo(folder.Queue).Length / 2).ToString(System.Globalization.CultureInfo.InvariantCulture);
            using var truncate = Process.Start("truncate", ["-s", half, folder.Queue]);
            await truncate.WaitForExitAsync();

            await Eventually.BecomesTrueAsync(async () => await StatusAsync(http, "/api/health") == HttpStatusCode.ServiceUnavailable, "the health to tell");
            (await PostAsync(http, first: 5_000, count: 1)).ShouldBe((HttpStatusCode.ServiceUnavailable, "queue_file_lost"));
            await host.KillAsync();
        }

        await using ChildProcess next = HostProcess.Start(folder.Path, settings);
        (await Should.ThrowAsync<InvalidOperationException>(() => next.BaseAddressAsync())).Message.ShouldContain("is damaged");
    }

    private static Task<SandboxServer> SandboxAsync() =>
        SandboxServer.StartAsync(new SandboxOptions { Port = 0 }, TimeProvider.System, CancellationToken.None);

    private static async Task<HttpStatusCode> StatusAsync(HttpClient http, string path)
    {
        using HttpResponseMessage response = await http.GetAsync(path);
        return response.StatusCode;
    }

    private static async Task<(HttpStatusCode Status, string? Code)> SendAsync(HttpClient http, HttpMethod method, string path, string? body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new StringContent(body) };
        request.Headers.Add("X-Requested-With", "destination");
        using HttpResponseMessage response = await http.SendAsync(request);
        return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!["code"]?.GetValue<string>());
    }

    private static async Task<(HttpStatusCode Status, string? Code)> PostAsync(HttpClient http, int first, int count)
    {
        JsonNode[] events = [.. Enumerable.Range(first, count).Select(number => new JsonObject
        {
            ["type"] = "track",
            ["event"] = "Tick",
            ["userId"] = $"user-{number % 200}",
            ["messageId"] = $"tick-{number}",
            ["timestamp"] = 1_790_000_000 + number,
            ["properties"] = new JsonObject { ["filling"] = new string('x', 500) },
        })];
        using HttpResponseMessage response = await http.PostAsJsonAsync("/api/events", new JsonArray(events));
        JsonNode answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        return (response.StatusCode, answer["code"]?.GetValue<string>());
    }

    private static string[] Settings(string queue, SandboxServer sandbox) =>
    [
        .. Host.Arguments(queue),
        "--CustomerIo:SiteId=site",
        "--CustomerIo:ApiKey=key",
        $"--CustomerIo:TrackApiUrl={sandbox.BaseAddress}",
    ];
}
