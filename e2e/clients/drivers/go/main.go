// ACTION TABLE: Google's Go client, as Debian packages it.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"cloud.google.com/go/bigquery"
	"golang.org/x/oauth2"
	"google.golang.org/api/iterator"
	"google.golang.org/api/option"
)

var ctx = context.Background()

func main() {
	action, table := os.Args[1], os.Args[2]
	printed, err := run(action, table)
	if err != nil {
		printed = "Error: " + err.Error()
	}
	fmt.Println(printed)
}

// The client is older than BIGQUERY_EMULATOR_HOST: it is told where to go by an option, and through the proxy door by nothing at all.
func options() []option.ClientOption {
	token := oauth2.StaticTokenSource(&oauth2.Token{AccessToken: os.Getenv("ACCESS_TOKEN")})
	options := []option.ClientOption{option.WithTokenSource(token)}
	if endpoint := os.Getenv("BIGQUERY_EMULATOR_HOST"); endpoint != "" {
		options = append(options, option.WithEndpoint(endpoint+"/bigquery/v2/"))
	}
	return options
}

func run(action, table string) (string, error) {
	client, err := bigquery.NewClient(ctx, "acme", options()...)
	if err != nil {
		return "", err
	}
	switch action {
	case "parameters":
		query := client.Query(os.Getenv("SQL"))
		query.Parameters = []bigquery.QueryParameter{{Name: "whole", Value: 41}, {Name: "text", Value: "o'hara"}, {Name: "flag", Value: true}}
		return rows(query)
	case "paging":
		return pages(client.Query(os.Getenv("SQL")))
	case "dml":
		return change(client, table)
	case "dryRun":
		return estimate(client.Query(os.Getenv("SQL")))
	case "list":
		return list(client)
	case "load":
		return load(client, table)
	case "cancel":
		return cancel(client.Query(os.Getenv("SQL")))
	}
	return rows(client.Query(os.Getenv("SQL")))
}

func rows(query *bigquery.Query) (string, error) {
	found, err := query.Read(ctx)
	if err != nil {
		return "", err
	}
	all := []map[string]bigquery.Value{}
	for {
		row := map[string]bigquery.Value{}
		if err := found.Next(&row); err == iterator.Done {
			break
		} else if err != nil {
			return "", err
		}
		all = append(all, row)
	}
	text, err := json.Marshal(all)
	return string(text), err
}

func pages(query *bigquery.Query) (string, error) {
	found, err := query.Read(ctx)
	if err != nil {
		return "", err
	}
	found.PageInfo().MaxSize = 1000
	count, sum := 0, int64(0)
	for {
		var row []bigquery.Value
		if err := found.Next(&row); err == iterator.Done {
			return fmt.Sprintf("%d rows, sum %d", count, sum), nil
		} else if err != nil {
			return "", err
		}
		count, sum = count+1, sum+row[0].(int64)
	}
}

func change(client *bigquery.Client, table string) (string, error) {
	if _, err := client.Query("CREATE OR REPLACE TABLE `acme.scratch." + table + "` (n INT64)").Read(ctx); err != nil {
		return "", err
	}
	job, err := client.Query("INSERT INTO `acme.scratch." + table + "` (n) VALUES (1), (2), (3)").Run(ctx)
	if err != nil {
		return "", err
	}
	status, err := job.Wait(ctx)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d rows affected", status.Statistics.Details.(*bigquery.QueryStatistics).NumDMLAffectedRows), status.Err()
}

func estimate(query *bigquery.Query) (string, error) {
	query.DryRun = true
	job, err := query.Run(ctx)
	if err != nil {
		return "", err
	}
	statistics := job.LastStatus().Statistics
	return fmt.Sprintf("%d bytes, %s", statistics.TotalBytesProcessed, statistics.Details.(*bigquery.QueryStatistics).StatementType), nil
}

func list(client *bigquery.Client) (string, error) {
	printed := ""
	datasets := client.Datasets(ctx)
	for dataset, err := datasets.Next(); err != iterator.Done; dataset, err = datasets.Next() {
		if err != nil {
			return "", err
		}
		printed += dataset.DatasetID + " "
	}
	tables := client.Dataset("shop").Tables(ctx)
	for table, err := tables.Next(); err != iterator.Done; table, err = tables.Next() {
		if err != nil {
			return "", err
		}
		printed += table.TableID + " "
	}
	return printed, nil
}

func load(client *bigquery.Client, table string) (string, error) {
	file, err := os.Open(os.Getenv("LOAD_FILE"))
	if err != nil {
		return "", err
	}
	source := bigquery.NewReaderSource(file)
	source.SourceFormat, source.AutoDetect = bigquery.JSON, true
	loader := client.Dataset("scratch").Table(table + "_loaded").LoaderFrom(source)
	loader.WriteDisposition = bigquery.WriteTruncate
	job, err := loader.Run(ctx)
	if err != nil {
		return "", err
	}
	status, err := job.Wait(ctx)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d rows, DONE", status.Statistics.Details.(*bigquery.LoadStatistics).OutputRows), status.Err()
}

func cancel(query *bigquery.Query) (string, error) {
	job, err := query.Run(ctx)
	if err != nil {
		return "", err
	}
	if err := job.Cancel(ctx); err != nil {
		return "", err
	}
	status, err := job.Wait(ctx)
	if err != nil {
		return "", err
	}
	return "", status.Err()
}
