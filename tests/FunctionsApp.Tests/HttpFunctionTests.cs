using CustomerIoDestination.FunctionsApp.Tests.Support;
using CustomerIoDestination.HttpApi;
using Microsoft.Azure.Functions.Worker;

namespace CustomerIoDestination.FunctionsApp.Tests;

public sealed class HttpFunctionTests
{
    private static readonly Function[] HttpFunctions = [.. Function.All.Where(function => function.Http is not null)];

    public static TheoryData<string> Routes => [.. ApiRoutes.All.Select(route => route.Name)];

    [Fact]
    public void Every_route_has_a_function_of_its_name_and_there_is_no_other() =>
        HttpFunctions.Select(function => function.Name).ShouldBe(ApiRoutes.All.Append(ApiRoutes.Fallback).Select(route => route.Name), ignoreOrder: true);

    [Theory]
    [MemberData(nameof(Routes))]
    public void A_function_is_reached_as_its_route_is(string name)
    {
        ApiRoute route = ApiRoutes.All.Single(candidate => candidate.Name == name);
        HttpTriggerAttribute trigger = Function.Named(name).Http!;

        trigger.Methods.ShouldNotBeNull().ShouldHaveSingleItem().ShouldBe(route.Method.ToLowerInvariant());

        // An empty route is not taken; an optional segment that must be empty stands for it.
        string expected = route.Pattern == "/" ? "{ignored:maxlength(0)?}" : route.Pattern.TrimStart('/');
        trigger.Route.ShouldBe(expected);
    }

    [Fact]
    public void A_path_that_no_route_matches_has_an_answer_whatever_its_method_is()
    {
        HttpTriggerAttribute trigger = Function.Named("Fallback").Http!;

        trigger.Methods.ShouldBeNull();
        trigger.Route.ShouldBe("{*path}");
    }

    [Fact]
    public void Keys_are_checked_by_the_product_and_never_by_the_host() =>
        HttpFunctions.ShouldAllBe(function => function.Http!.AuthLevel == AuthorizationLevel.Anonymous);

    [Fact]
    public void Each_body_is_one_call_with_its_own_route()
    {
        string sources = Repository.Texts("src/FunctionsApp/Functions");
        foreach (Function function in HttpFunctions)
        {
            string source = sources.Split($"public sealed class {function.Name}(")[1].Split("\n}")[0];

            source.ShouldContain($"=>\n        api.HandleAsync(ApiRoutes.{function.Name}, request);");
            source.ShouldNotContain("if (");
        }
    }

    [Fact]
    public void Routes_are_counted_from_the_root()
    {
        Repository.Json("host.json")["extensions"]!["http"]!["routePrefix"]!.GetValue<string>().ShouldBeEmpty();
        Repository.Text("infra/modules/function-app.bicep").ShouldContain("AzureWebJobsDisableHomepage: 'true'");
        Repository.Json("local.settings.sample.json")["Values"]!["AzureWebJobsDisableHomepage"]!.GetValue<string>().ShouldBe("true");
    }
}
