using System.Text.Json.Nodes;

namespace CustomerIoDestination.HttpApi.Tests.Support;

/// <summary>What answers hold.</summary>
internal static class Answers
{
    public static async Task<JsonNode> JsonAsync(this HttpResponseMessage response) => JsonNode.Parse(await response.Content.ReadAsStringAsync())!;

    /// <summary>The error's code; fails when the body is not an error body.</summary>
    public static async Task<string> CodeAsync(this HttpResponseMessage response)
    {
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        JsonObject body = (await response.JsonAsync()).AsObject();
        body.Select(member => member.Key).ShouldBe(["code", "message"]);
        body["message"]!.GetValue<string>().ShouldNotBeNullOrWhiteSpace();
        return body["code"]!.GetValue<string>();
    }

    /// <summary>Status and code in one: <c>401 key_wrong</c>.</summary>
    public static async Task<string> ErrorAsync(this Task<HttpResponseMessage> response)
    {
        using HttpResponseMessage answer = await response;
        return $"{(int)answer.StatusCode} {await answer.CodeAsync()}";
    }

    public static async Task<int> StatusAsync(this Task<HttpResponseMessage> response)
    {
        using HttpResponseMessage answer = await response;
        return (int)answer.StatusCode;
    }
}
