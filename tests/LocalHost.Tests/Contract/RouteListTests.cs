using CustomerIoDestination.ApiContract.Asking;
using CustomerIoDestination.HttpApi;
using CustomerIoDestination.HttpApi.Authentication;
using Microsoft.AspNetCore.Routing.Template;

namespace CustomerIoDestination.LocalHost.Tests.Contract;

/// <summary>The list knows the product by its document alone, so that what is in one and not in the other is seen.</summary>
public sealed class RouteListTests
{
    public static TheoryData<string> Routes => [.. ApiRoutes.All.Select(route => route.Name)];

    [Theory]
    [MemberData(nameof(Routes))]
    public void A_route_of_the_product_is_on_the_list_with_what_it_asks_for(string name)
    {
        ApiRoute route = ApiRoutes.All.Single(candidate => candidate.Name == name);

        Route listed = Route.All.First(candidate => candidate.Method == route.Method && Matches(route, candidate.Path));

        listed.KeyHeader.ShouldBe(route.Requirement switch
        {
            RouteRequirement.Public => null,
            RouteRequirement.Ingest => "X-Ingest-Key",
            _ => "X-Admin-Key",
        });
        listed.ChangesSomething.ShouldBe(route.Mutating);
    }

    [Fact]
    public void The_list_has_no_other_route() => Route.All.Count.ShouldBe(ApiRoutes.All.Count);

    private static bool Matches(ApiRoute route, string path) => new TemplateMatcher(TemplateParser.Parse(route.Pattern), []).TryMatch(path, []);
}
