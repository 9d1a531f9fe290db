using CustomerIoDestination.ApiContract.Asking;
using CustomerIoDestination.ApiContract.Hosts;
using CustomerIoDestination.Suites;

namespace CustomerIoDestination.ApiContract;

/// <summary>What is no route has an answer with a body, too.</summary>
public abstract class UnknownRouteContract(HostUnderTest host) : ApiSuite(host)
{
    public static TheoryData<string, string> Paths => new()
    {
        { "/api/events", "POST" },
        { "/api/preview", "POST" },
        { "/api/health", "GET" },
        { "/api/status", "GET" },
        { "/api/deliveries", "GET" },
        { "/api/events/01M3250V00EVVPHFB7WBW8NM2P", "GET" },
        { "/api/destination/resume", "POST" },
        { "/api/dead-letters", "GET" },
        { "/api/dead-letters/1", "GET" },
        { "/api/dead-letters/replay", "GET, POST" },
        { "/api/dead-letters/discard", "GET, POST" },
        { "/", "GET" },
        { "/page/app.js", "GET" },
    };

    [SuiteTheory]
    [InlineData("GET", "/api")]
    [InlineData("GET", "/api/marked-value")]
    [InlineData("POST", "/api/events/a/b")]
    [InlineData("DELETE", "/marked-value")]
    [InlineData("GET", "/page/marked-value.js")]
    public async Task An_unknown_path_is_told(string method, string path) => (await Api.SendAsync(method, path, null)).ShouldBeError(404, "unknown_route");

    [SuiteTheory]
    [InlineData("/api/status/")]
    [InlineData("/API/Status")]
    [InlineData("/api/status?marked-value=1")]
    public async Task A_path_is_known_in_any_case_and_with_a_slash_at_its_end(string path) => (await Api.GetAsync(path)).ShouldBeJson()["destination"].ShouldNotBeNull();

    [SuiteTheory]
    [MemberData(nameof(Paths))]
    public async Task A_wrong_method_is_told_with_the_right_ones(string path, string allowed)
    {
        foreach (string method in (string[])["DELETE", "PUT", "PATCH", "OPTIONS"])
        {
            Answer answer = await Api.SendAsync(method, path, null, ("X-Admin-Key", Host.Credentials.AdminKey));

            answer.ShouldBeError(405, "method_not_allowed");
            answer.Headers["Allow"].ShouldBe(allowed);
        }
    }
}
