import type { Type } from 'protobufjs'

// The messages of opentelemetry-proto 1.x that a receiver reads, with the names and numbers of
// https://github.com/open-telemetry/opentelemetry-proto; fields left out are skipped when they come.
const source = `
syntax = "proto3";
message AnyValue { oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4;
  ArrayValue array_value = 5; KeyValueList kvlist_value = 6; bytes bytes_value = 7; } }
message ArrayValue { repeated AnyValue values = 1; }
message KeyValueList { repeated KeyValue values = 1; }
message KeyValue { string key = 1; AnyValue value = 2; }
message Scope { string name = 1; string version = 2; }
message Resource { repeated KeyValue attributes = 1; }

message Traces { repeated ResourceSpans resource_spans = 1; }
message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
message ScopeSpans { Scope scope = 1; repeated Span spans = 2; }
message Span { bytes trace_id = 1; bytes span_id = 2; bytes parent_span_id = 4; string name = 5; int32 kind = 6;
  fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8; repeated KeyValue attributes = 9;
  repeated Event events = 11; Status status = 15; }
message Event { fixed64 time_unix_nano = 1; string name = 2; repeated KeyValue attributes = 3; }
message Status { string message = 2; int32 code = 3; }

message Metrics { repeated ResourceMetrics resource_metrics = 1; }
message ResourceMetrics { Resource resource = 1; repeated ScopeMetrics scope_metrics = 2; }
message ScopeMetrics { Scope scope = 1; repeated Metric metrics = 2; }
message Metric { string name = 1; string description = 2; string unit = 3;
  oneof data { Data gauge = 5; Data sum = 7; Histogram histogram = 9; Exponential exponential_histogram = 10;
    Summary summary = 11; } }
message Data { repeated NumberPoint data_points = 1; }
message NumberPoint { fixed64 time_unix_nano = 3; oneof value { double as_double = 4; sfixed64 as_int = 6; }
  repeated KeyValue attributes = 7; }
message Histogram { repeated HistogramPoint data_points = 1; }
message HistogramPoint { fixed64 time_unix_nano = 3; fixed64 count = 4; double sum = 5; repeated KeyValue attributes = 9; }
message Exponential { repeated ExponentialPoint data_points = 1; }
message ExponentialPoint { repeated KeyValue attributes = 1; fixed64 time_unix_nano = 3; fixed64 count = 4; double sum = 5; }
message Summary { repeated SummaryPoint data_points = 1; }
message SummaryPoint { fixed64 time_unix_nano = 3; fixed64 count = 4; double sum = 5; repeated KeyValue attributes = 7; }

message Logs { repeated ResourceLogs resource_logs = 1; }
message ResourceLogs { Resource resource = 1; repeated ScopeLogs scope_logs = 2; }
message ScopeLogs { Scope scope = 1; repeated LogRecord log_records = 2; }
message LogRecord { fixed64 time_unix_nano = 1; int32 severity_number = 2; string severity_text = 3; AnyValue body = 5;
  repeated KeyValue attributes = 6; bytes trace_id = 9; bytes span_id = 10; fixed64 observed_time_unix_nano = 11; }
`

export type Signal = 'traces' | 'metrics' | 'logs'

let types: Promise<Record<Signal, Type>> | undefined

/** The types of the three export requests. */
export const exportTypes = (): Promise<Record<Signal, Type>> => {
  types ??= import('protobufjs').then(({ default: { parse } }) => {
    const { root } = parse(source)
    return { traces: root.lookupType('Traces'), metrics: root.lookupType('Metrics'), logs: root.lookupType('Logs') }
  })
  return types
}

/** An export request in protocol buffers, as the JSON encoding names it; ids are bytes. @throws Error when it is malformed. */
export const decodeExport = async (signal: Signal, bytes: Buffer): Promise<unknown> => {
  const type = (await exportTypes())[signal]
  return type.toObject(type.decode(bytes), { longs: String })
}
