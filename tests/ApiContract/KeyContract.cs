using CustomerIoDestination.ApiContract.Asking;
using CustomerIoDestination.ApiContract.Hosts;
using CustomerIoDestination.Suites;

namespace CustomerIoDestination.ApiContract;

/// <summary>Which key opens which route.</summary>
public abstract class KeyContract(HostUnderTest host) : ApiSuite(host)
{
    public static TheoryData<string> PublicRoutes => [.. Route.All.Where(route => route.KeyHeader is null).Select(route => route.ToString())];

    public static TheoryData<string> KeyedRoutes => [.. Route.All.Where(route => route.KeyHeader is not null).Select(route => route.ToString())];

    public static TheoryData<string> AdminRoutes => [.. Route.All.Where(route => route.KeyHeader == "X-Admin-Key").Select(route => route.ToString())];

    public static TheoryData<string> ChangingRoutes => [.. Route.All.Where(route => route.ChangesSomething).Select(route => route.ToString())];

    [SuiteTheory]
    [MemberData(nameof(PublicRoutes))]
    public async Task Health_and_the_page_need_no_key(string route) => (await SendAsync(Route.Of(route))).Status.ShouldBe(200);

    [SuiteTheory]
    [MemberData(nameof(KeyedRoutes))]
    public async Task Every_other_route_is_closed_without_a_key(string route)
    {
        Answer answer = await SendAsync(Route.Of(route));

        answer.ShouldBeError(401, "key_missing");
        answer.Headers["WWW-Authenticate"].ShouldBe("ApiKey");
    }

    [SuiteTheory]
    [MemberData(nameof(KeyedRoutes))]
    public async Task A_wrong_key_is_refused(string route) =>
        (await SendAsync(Route.Of(route), (Route.Of(route).KeyHeader!, Person.Marker))).ShouldBeError(401, "key_wrong");

    [SuiteTheory]
    [MemberData(nameof(AdminRoutes))]
    public async Task An_ingest_key_never_reads(string route)
    {
        (await SendAsync(Route.Of(route), ("X-Admin-Key", Host.Credentials.IngestKey))).ShouldBeError(401, "key_wrong");
        (await SendAsync(Route.Of(route), ("X-Ingest-Key", Host.Credentials.IngestKey))).ShouldBeError(401, "key_missing");
    }

    [SuiteFact]
    public async Task An_admin_key_does_not_send_events() =>
        (await SendAsync(Route.Of("POST /api/events"), ("X-Ingest-Key", Host.Credentials.AdminKey))).ShouldBeError(401, "key_wrong");

    [SuiteTheory]
    [MemberData(nameof(KeyedRoutes))]
    public async Task The_right_key_opens(string route)
    {
        Answer answer = await SendAsync(
            Route.Of(route), ("X-Ingest-Key", Host.Credentials.IngestKey), ("X-Admin-Key", Host.Credentials.AdminKey), ("X-Requested-With", "destination"));

        answer.Status.ShouldNotBeOneOf(401, 403, 405, 500);
    }

    [SuiteTheory]
    [MemberData(nameof(ChangingRoutes))]
    public async Task A_change_without_the_header_that_says_it_is_meant_is_refused(string route)
    {
        (await SendAsync(Route.Of(route), ("X-Admin-Key", Host.Credentials.AdminKey))).ShouldBeError(403, "requested_with_missing");
        (await SendAsync(Route.Of(route), ("X-Admin-Key", Host.Credentials.AdminKey), ("X-Requested-With", "XMLHttpRequest"))).ShouldBeError(403, "requested_with_missing");
    }

    private Task<Answer> SendAsync(Route route, params (string Name, string Value)[] headers) =>
        Api.SendAsync(route.Method, route.Path, route.Method == "POST" ? [] : null, headers);
}
