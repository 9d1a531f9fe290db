using System.Text.Json.Nodes;
using CustomerIoDestination.ApiContract.Asking;
using CustomerIoDestination.ApiContract.Hosts;

namespace CustomerIoDestination.ApiContract;

/// <summary>What the parts of the list share: the host, the sandbox behind it, and short words for what is asked of both.</summary>
public abstract class ApiSuite : IDisposable
{
    private protected ApiSuite(HostUnderTest host)
    {
        Host = host;
        Api = new ApiClient(host.Address, host.Credentials);
        Sandbox = new SandboxClient(host.SandboxAddress);
    }

    private protected HostUnderTest Host { get; }

    private protected ApiClient Api { get; }

    private protected SandboxClient Sandbox { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Api.Dispose();
        Sandbox.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Sends events, all of which must be accepted, and answers with their ids.</summary>
    private protected async Task<string[]> SendAsync(params JsonObject[] events)
    {
        Answer answer = await Api.IngestAsync(new JsonArray([.. events]).ToJsonString());
        string[] ids = [.. answer.ShouldBeJson(202)["eventIds"]!.AsArray().Select(id => id!.GetValue<string>())];
        ids.Length.ShouldBe(events.Length, answer.Text);
        return ids;
    }

    /// <summary>Waits until the last step of an event's story is this outcome, and answers with the story.</summary>
    private protected async Task<JsonNode> StoryAsync(string eventId, string lastOutcome)
    {
        Answer story = await Patience.UntilAsync(
            () => Api.GetAsync($"/api/events/{eventId}"),
            answer => answer.Status == 200 && (string?)answer.Json["steps"]!.AsArray()[^1]!["outcome"] == lastOutcome,
            $"the event to be {lastOutcome}");
        return story.ShouldBeJson();
    }

    /// <summary>The items of a list that comes in pages, from its first page on.</summary>
    /// <param name="path">The list.</param>
    /// <param name="limit">The most items a page may have.</param>
    /// <param name="enough">Whether the items so far are all that is asked for; null for the whole list.</param>
    private protected async Task<List<JsonNode>> ListAsync(string path, int limit, Predicate<List<JsonNode>>? enough = null)
    {
        List<JsonNode> items = [];
        string? next = null;
        do
        {
            string after = next is null ? "" : $"&after={Uri.EscapeDataString(next)}";
            JsonNode page = (await Api.GetAsync($"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}limit={limit}{after}")).ShouldBeJson();
            page.ShouldHaveMembers("items", "next");
            page["items"]!.AsArray().Count.ShouldBeLessThanOrEqualTo(limit);
            items.AddRange(page["items"]!.AsArray()!);
            next = (string?)page["next"];
        }
        while (next is not null && enough?.Invoke(items) != true);
        return items;
    }
}
