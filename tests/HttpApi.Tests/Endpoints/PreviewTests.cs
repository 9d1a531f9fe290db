using System.Text.Json.Nodes;
using CustomerIoDestination.HttpApi.Tests.Support;
using CustomerIoDestination.Settings;

namespace CustomerIoDestination.HttpApi.Tests.Endpoints;

public sealed class PreviewTests
{
    [Fact]
    public async Task A_preview_shows_the_request_with_its_body_as_json_and_queues_nothing()
    {
        await using ApiHost host = await ApiHost.StartAsync();

        using HttpResponseMessage response = await host.PostAsync("/api/preview", Some.TrackJson());

        ((int)response.StatusCode).ShouldBe(200);
        JsonObject item = (await response.JsonAsync()).AsArray().ShouldHaveSingleItem()!.AsObject();
        item.Select(member => member.Key).ShouldBe(["index", "shape", "kind", "eventId", "partition", "outcome", "requests", "batchItems", "reason", "rule", "ruleName", "problems", "warnings", "transformations"]);
        item["outcome"]!.GetValue<string>().ShouldBe("deliver");
        item["reason"].ShouldBeNull();
        JsonObject request = item["requests"]!.AsArray().ShouldHaveSingleItem()!.AsObject();
        request.Select(member => member.Key).ShouldBe(["method", "url", "path", "body", "bytes"]);
        request["method"]!.GetValue<string>().ShouldBe("POST");
        request["path"]!.GetValue<string>().ShouldBe("/api/v1/customers/u-1/events");
        request["url"]!.GetValue<string>().ShouldEndWith("/api/v1/customers/u-1/events");
        request["body"]!["name"]!.GetValue<string>().ShouldBe("Order Completed");
        request["bytes"]!.GetValue<int>().ShouldBeGreaterThan(0);
        host.Queue.Envelopes.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_limit_that_is_exceeded_is_shown_with_its_numbers()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        string bio = new('x', 1_400);

        JsonNode items = await (await host.PostAsync("/api/preview", $$$"""{"type":"identify","userId":"u-1","traits":{"bio":"{{{bio}}}"}}""")).JsonAsync();

        JsonObject problem = items[0]!["problems"]!.AsArray().ShouldHaveSingleItem()!.AsObject();
        problem.Select(member => member.Key).ShouldBe(["code", "field", "limit", "actual", "message"]);
        problem["code"]!.GetValue<string>().ShouldBe("limit_exceeded");
        problem["limit"]!.GetValue<int>().ShouldBe(1_000);
        problem["actual"]!.GetValue<int>().ShouldBe(1_400);
        items[0]!["outcome"]!.GetValue<string>().ShouldBe("reject");
    }

    [Fact]
    public async Task A_preview_of_items_keeps_their_order()
    {
        await using ApiHost host = await ApiHost.StartAsync();

        JsonNode items = await (await host.PostAsync("/api/preview", $"[17,{Some.TrackJson()}]")).JsonAsync();

        items.AsArray().Select(item => item!["index"]!.GetValue<int>()).ShouldBe([0, 1]);
        items.AsArray().Select(item => item!["outcome"]!.GetValue<string>()).ShouldBe(["reject", "deliver"]);
    }

    [Fact]
    public async Task A_preview_has_the_same_bounds_as_ingest()
    {
        await using ApiHost host = await ApiHost.StartAsync(new DestinationSettings { Ingest = new IngestSettings { MaxBodyBytes = 10_000 } });
        string tooMany = $"[{string.Join(',', Enumerable.Repeat("{}", 1_001))}]";

        (await host.PostAsync("/api/preview", new string(' ', 10_001)).ErrorAsync()).ShouldBe("413 body_too_large");
        (await host.PostAsync("/api/preview", tooMany).ErrorAsync()).ShouldBe("413 too_many_items");
    }
}
