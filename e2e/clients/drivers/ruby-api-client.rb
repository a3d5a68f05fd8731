# `ruby ruby-api-client.rb ACTION TABLE`: Google's API client for Ruby, whose BigQuery part is generated from the discovery document.
require 'google/apis/bigquery_v2'
require 'securerandom'

PROJECT = 'acme'
SQL = ENV.fetch('SQL')
include Google::Apis::BigqueryV2

# Its HTTP library reads no https_proxy, and it is older than BIGQUERY_EMULATOR_HOST: both are options here.
def connect
  bigquery = BigqueryService.new
  bigquery.authorization = ENV.fetch('ACCESS_TOKEN')
  bigquery.root_url = "#{ENV['BIGQUERY_EMULATOR_HOST']}/" if ENV['BIGQUERY_EMULATOR_HOST']
  bigquery.client_options.proxy_url = ENV['HTTPS_PROXY'] if ENV['HTTPS_PROXY']
  bigquery
end

BIGQUERY = connect

def query(sql, **options)
  answer = BIGQUERY.query_job(PROJECT, QueryRequest.new(query: sql, use_legacy_sql: false, **options))
  id = answer.job_reference.job_id
  rows = answer.rows || []
  until answer.job_complete && answer.page_token.nil?
    answer = BIGQUERY.get_job_query_results(PROJECT, id, max_results: 1000, page_token: answer.page_token)
    rows += answer.rows || []
  end
  [rows.map { |row| row.f.map(&:v) }, id]
end

def insert(configuration, **media)
  reference = JobReference.new(project_id: PROJECT, job_id: "ruby_#{SecureRandom.hex}")
  BIGQUERY.insert_job(PROJECT, Job.new(job_reference: reference, configuration: JobConfiguration.new(**configuration)), **media)
end

def finish(job)
  job = BIGQUERY.get_job(PROJECT, job.job_reference.job_id) until job.status.state == 'DONE'
  job
end

def parameters
  given = { whole: %w[INT64 41], text: ['STRING', "o'hara"], flag: %w[BOOL true] }.map do |name, (type, value)|
    QueryParameter.new(
      name: name,
      parameter_type: QueryParameterType.new(type: type),
      parameter_value: QueryParameterValue.new(value: value)
    )
  end
  query(SQL, parameter_mode: 'NAMED', query_parameters: given)[0]
end

def paging
  rows, = query(SQL, max_results: 1000)
  "#{rows.length} rows, sum #{rows.sum { |row| row[0].to_i }}"
end

def dml(table)
  query("CREATE OR REPLACE TABLE `acme.scratch.#{table}` (n INT64)")
  _, id = query("INSERT INTO `acme.scratch.#{table}` (n) VALUES (1), (2), (3)")
  "#{BIGQUERY.get_job(PROJECT, id).statistics.query.num_dml_affected_rows} rows affected"
end

def dry_run
  job = insert({ dry_run: true, query: JobConfigurationQuery.new(query: SQL, use_legacy_sql: false) })
  "#{job.statistics.total_bytes_processed} bytes"
end

def list
  datasets = BIGQUERY.list_datasets(PROJECT).datasets.map(&:id)
  [datasets, BIGQUERY.list_tables(PROJECT, 'shop').tables.map(&:id)]
end

def load_rows(table)
  destination = TableReference.new(project_id: PROJECT, dataset_id: 'scratch', table_id: "#{table}_loaded")
  load = JobConfigurationLoad.new(
    destination_table: destination,
    source_format: 'NEWLINE_DELIMITED_JSON',
    autodetect: true,
    write_disposition: 'WRITE_TRUNCATE'
  )
  job = finish(insert({ load: load }, upload_source: ENV.fetch('LOAD_FILE'), content_type: 'application/octet-stream'))
  "#{job.statistics.load.output_rows} rows, #{job.status.state}"
end

def cancel
  job = insert({ query: JobConfigurationQuery.new(query: SQL, use_legacy_sql: false) })
  BIGQUERY.cancel_job(PROJECT, job.job_reference.job_id)
  finish(job).status.to_json
end

def run(action, table)
  case action
  when 'parameters' then parameters
  when 'paging' then paging
  when 'dml' then dml(table)
  when 'dryRun' then dry_run
  when 'list' then list
  when 'load' then load_rows(table)
  when 'cancel' then cancel
  else query(SQL)[0]
  end
end

begin
  result = run(*ARGV)
  puts result.is_a?(String) ? result : result.inspect
rescue Google::Apis::Error => e
  puts "#{e.class}: #{e.message} #{e.body}"
end
