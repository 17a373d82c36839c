// Goes through Leasebook with gophercloud and prints what it saw as JSON: gophercloud.spec.ts judges it.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack"
	"github.com/gophercloud/gophercloud/v2/openstack/compute/v2/aggregates"
	"github.com/gophercloud/gophercloud/v2/openstack/compute/v2/hypervisors"
	"github.com/gophercloud/gophercloud/v2/openstack/identity/v3/projects"
	"github.com/gophercloud/gophercloud/v2/openstack/identity/v3/tokens"
	"github.com/gophercloud/gophercloud/v2/openstack/identity/v3/users"
	"github.com/gophercloud/gophercloud/v2/openstack/utils"
)

type seen map[string]any

func must[T any](value T, err error) T {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return value
}

func ok(err error) {
	must(struct{}{}, err)
}

// The status of a refusal; 0 where there was none.
func status(err error) int {
	for code := 400; code < 600; code++ {
		if gophercloud.ResponseCodeIs(err, code) {
			return code
		}
	}
	return 0
}

func main() {
	ctx := context.Background()
	provider := must(openstack.AuthenticatedClient(ctx, must(openstack.AuthOptionsFromEnv())))
	result := seen{
		"identity":    identity(ctx, provider),
		"aggregate":   aggregate(ctx, provider),
		"hypervisors": seen{},
	}
	for _, version := range []string{"", "2.28", "2.53", "2.75", "2.88"} {
		result["hypervisors"].(seen)[version] = hypervisorsAt(ctx, provider, version)
	}
	ok(json.NewEncoder(os.Stdout).Encode(result))
}

func compute(provider *gophercloud.ProviderClient, version string) *gophercloud.ServiceClient {
	client := must(openstack.NewComputeV2(provider, gophercloud.EndpointOpts{Region: "RegionOne"}))
	client.Microversion = version
	return client
}

func identity(ctx context.Context, provider *gophercloud.ProviderClient) seen {
	client := must(openstack.NewIdentityV3(provider, gophercloud.EndpointOpts{}))
	got := tokens.Get(ctx, client, provider.Token())
	user := must(got.ExtractUser())
	project := must(got.ExtractProject())
	roles := []string{}
	for _, role := range must(got.ExtractRoles()) {
		roles = append(roles, role.Name)
	}
	return seen{
		"valid":       must(tokens.Validate(ctx, client, provider.Token())),
		"roles":       roles,
		"user":        must(users.Get(ctx, client, user.ID).Extract()).Name,
		"project":     must(projects.Get(ctx, client, project.ID).Extract()).Name,
		"projects":    names(must(projects.ExtractProjects(must(projects.List(client, nil).AllPages(ctx)))), func(p projects.Project) string { return p.Name }),
		"users":       names(must(users.ExtractUsers(must(users.List(client, nil).AllPages(ctx)))), func(u users.User) string { return u.Name }),
		"unknownUser": status(users.Get(ctx, client, "0123456789abcdef0123456789abcdef").Err),
	}
}

func names[T any](items []T, name func(T) string) []string {
	all := []string{}
	for _, item := range items {
		all = append(all, name(item))
	}
	return all
}

func aggregate(ctx context.Context, provider *gophercloud.ProviderClient) seen {
	client := compute(provider, "")
	supported := must(utils.GetSupportedMicroversions(ctx, client))
	made := must(aggregates.Create(ctx, client, aggregates.CreateOpts{Name: "go-row", AvailabilityZone: "hall-go"}).Extract())
	twice := status(aggregates.Create(ctx, client, aggregates.CreateOpts{Name: "go-row"}).Err)
	got := must(aggregates.Get(ctx, client, made.ID).Extract())
	updated := must(aggregates.Update(ctx, client, made.ID, aggregates.UpdateOpts{Name: "go-row-b"}).Extract())
	withHost := must(aggregates.AddHost(ctx, client, made.ID, aggregates.AddHostOpts{Host: "compute-3"}).Extract())
	unknownHost := status(aggregates.AddHost(ctx, client, made.ID, aggregates.AddHostOpts{Host: "nowhere"}).Err)
	withMetadata := must(aggregates.SetMetadata(ctx, client, made.ID, aggregates.SetMetadataOpts{Metadata: map[string]any{"ssd": "true"}}).Extract())
	notEmpty := status(aggregates.Delete(ctx, client, made.ID).Err)
	listed := must(aggregates.ExtractAggregates(must(aggregates.List(client).AllPages(ctx))))
	withoutHost := must(aggregates.RemoveHost(ctx, client, made.ID, aggregates.RemoveHostOpts{Host: "compute-3"}).Extract())
	ok(aggregates.Delete(ctx, client, made.ID).ExtractErr())
	return seen{
		"microversions": fmt.Sprintf("%d.%d-%d.%d", supported.MinMajor, supported.MinMinor, supported.MaxMajor, supported.MaxMinor),
		"made":          made, "got": got, "updated": updated, "withHost": withHost, "withMetadata": withMetadata,
		"withoutHost": withoutHost, "listed": listed,
		"refused": seen{
			"twice": twice, "unknownHost": unknownHost, "notEmpty": notEmpty,
			"gone": status(aggregates.Get(ctx, client, made.ID).Err),
		},
	}
}

func hypervisorsAt(ctx context.Context, provider *gophercloud.ProviderClient, version string) seen {
	client := compute(provider, version)
	limit := 3
	all := must(hypervisors.ExtractHypervisors(must(hypervisors.List(client, hypervisors.ListOpts{}).AllPages(ctx))))
	result := seen{
		"listed": names(all, func(h hypervisors.Hypervisor) string { return h.HypervisorHostname }),
		"first":  must(hypervisors.Get(ctx, client, all[0].ID).Extract()),
	}
	if version != "" && version != "2.28" {
		paged := must(hypervisors.ExtractHypervisors(must(hypervisors.List(client, hypervisors.ListOpts{Limit: &limit}).AllPages(ctx))))
		result["paged"] = names(paged, func(h hypervisors.Hypervisor) string { return h.HypervisorHostname })
		with := true
		pattern := "kvm"
		matching := must(hypervisors.ExtractHypervisors(must(hypervisors.List(client, hypervisors.ListOpts{
			HypervisorHostnamePattern: &pattern, WithServers: &with,
		}).AllPages(ctx))))
		result["matching"] = names(matching, func(h hypervisors.Hypervisor) string { return h.HypervisorHostname })
	}
	statistics := hypervisors.GetStatistics(ctx, client)
	uptime := hypervisors.GetUptime(ctx, client, all[0].ID)
	if version == "2.88" {
		result["refused"] = seen{"statistics": status(statistics.Err), "uptime": status(uptime.Err)}
		return result
	}
	result["statistics"] = must(statistics.Extract())
	result["uptime"] = must(uptime.Extract())
	return result
}
