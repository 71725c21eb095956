package tfplan

import (
	"github.com/watertight/watertight/internal/network"
)

// shape says where the values of a resource type tell how it is placed. Paths lead through blocks: "vpc_config.subnet_ids"; several are told apart by spaces.
type shape struct {
	kind    network.OwnerKind // empty: a service
	name    string            // the attribute that people call it by; empty: name
	subnets string            // paths
	groups  string            // paths
	// within names a subnet group: the attribute, and the resource type of the group.
	within, withinType string
	// outside: without subnets it is in no VPC. Otherwise AWS puts it into the default VPC.
	outside bool
	// public is an attribute that gives it a public address.
	public string
	// address is an attribute with its address, where the resource has but one.
	address string
	typ     network.InterfaceType
	// own is an attribute with a security group that AWS makes for it, and whose rules nobody knows.
	own string
	// bare: it may carry no group at all. Otherwise it gets the default group of its VPC where it names none.
	bare bool
}

// shapes are the resource types that have interfaces and need nothing special.
var shapes = map[string]shape{
	"aws_lambda_function":          {kind: network.OwnerFunction, name: "function_name", subnets: "vpc_config.subnet_ids", groups: "vpc_config.security_group_ids", outside: true, typ: network.TypeLambda},
	"aws_lambda_capacity_provider": {subnets: "vpc_config.subnet_ids", groups: "vpc_config.security_group_ids", outside: true},

	"aws_db_instance":                        {kind: network.OwnerDatabase, name: "identifier", within: "db_subnet_group_name", withinType: "aws_db_subnet_group", groups: "vpc_security_group_ids", public: "publicly_accessible"},
	"aws_db_proxy":                           {kind: network.OwnerDatabase, subnets: "vpc_subnet_ids", groups: "vpc_security_group_ids"},
	"aws_db_proxy_endpoint":                  {kind: network.OwnerDatabase, name: "db_proxy_endpoint_name", subnets: "vpc_subnet_ids", groups: "vpc_security_group_ids"},
	"aws_docdbelastic_cluster":               {kind: network.OwnerDatabase, subnets: "subnet_ids", groups: "vpc_security_group_ids"},
	"aws_redshift_cluster":                   {kind: network.OwnerDatabase, name: "cluster_identifier", within: "cluster_subnet_group_name", withinType: "aws_redshift_subnet_group", groups: "vpc_security_group_ids", public: "publicly_accessible"},
	"aws_redshift_endpoint_access":           {kind: network.OwnerDatabase, name: "endpoint_name", within: "subnet_group_name", withinType: "aws_redshift_subnet_group", groups: "vpc_security_group_ids"},
	"aws_redshiftserverless_workgroup":       {kind: network.OwnerDatabase, name: "workgroup_name", subnets: "subnet_ids", groups: "security_group_ids", public: "publicly_accessible"},
	"aws_redshiftserverless_endpoint_access": {kind: network.OwnerDatabase, name: "endpoint_name", subnets: "subnet_ids", groups: "vpc_security_group_ids"},
	"aws_timestreaminfluxdb_db_instance":     {kind: network.OwnerDatabase, subnets: "vpc_subnet_ids", groups: "vpc_security_group_ids", public: "publicly_accessible"},
	"aws_timestreaminfluxdb_db_cluster":      {kind: network.OwnerDatabase, subnets: "vpc_subnet_ids", groups: "vpc_security_group_ids", public: "publicly_accessible"},
	"aws_dms_replication_instance":           {name: "replication_instance_id", within: "replication_subnet_group_id", withinType: "aws_dms_replication_subnet_group", groups: "vpc_security_group_ids", public: "publicly_accessible"},
	"aws_dms_replication_config":             {name: "replication_config_identifier", within: "compute_config.replication_subnet_group_id", withinType: "aws_dms_replication_subnet_group", groups: "compute_config.vpc_security_group_ids"},
	"aws_finspace_kx_cluster":                {kind: network.OwnerDatabase, subnets: "vpc_configuration.subnet_ids", groups: "vpc_configuration.security_group_ids", outside: true},

	"aws_elasticache_serverless_cache":  {kind: network.OwnerCache, subnets: "subnet_ids", groups: "security_group_ids"},
	"aws_elasticache_replication_group": {kind: network.OwnerCache, name: "replication_group_id", within: "subnet_group_name", withinType: "aws_elasticache_subnet_group", groups: "security_group_ids"},
	"aws_memorydb_cluster":              {kind: network.OwnerCache, within: "subnet_group_name", withinType: "aws_memorydb_subnet_group", groups: "security_group_ids"},
	"aws_dax_cluster":                   {kind: network.OwnerCache, name: "cluster_name", within: "subnet_group_name", withinType: "aws_dax_subnet_group", groups: "security_group_ids"},

	"aws_opensearch_domain":                 {name: "domain_name", subnets: "vpc_options.subnet_ids", groups: "vpc_options.security_group_ids", outside: true},
	"aws_elasticsearch_domain":              {name: "domain_name", subnets: "vpc_options.subnet_ids", groups: "vpc_options.security_group_ids", outside: true},
	"aws_opensearch_vpc_endpoint":           {name: "domain_arn", subnets: "vpc_options.subnet_ids", groups: "vpc_options.security_group_ids", outside: true},
	"aws_elasticsearch_vpc_endpoint":        {name: "domain_arn", subnets: "vpc_options.subnet_ids", groups: "vpc_options.security_group_ids", outside: true},
	"aws_opensearchserverless_vpc_endpoint": {subnets: "subnet_ids", groups: "security_group_ids"},
	"aws_osis_pipeline":                     {name: "pipeline_name", subnets: "vpc_options.subnet_ids", groups: "vpc_options.security_group_ids", outside: true},

	"aws_msk_cluster":            {name: "cluster_name", subnets: "broker_node_group_info.client_subnets", groups: "broker_node_group_info.security_groups"},
	"aws_msk_serverless_cluster": {name: "cluster_name", subnets: "vpc_config.subnet_ids", groups: "vpc_config.security_group_ids"},
	"aws_msk_replicator":         {name: "replicator_name", subnets: "kafka_cluster.vpc_config.subnet_ids", groups: "kafka_cluster.vpc_config.security_groups_ids"},
	"aws_msk_vpc_connection":     {subnets: "client_subnets", groups: "security_groups"},
	"aws_mskconnect_connector":   {subnets: "kafka_cluster.apache_kafka_cluster.vpc.subnets", groups: "kafka_cluster.apache_kafka_cluster.vpc.security_groups"},
	"aws_mq_broker":              {name: "broker_name", subnets: "subnet_ids", groups: "security_groups", public: "publicly_accessible"},

	"aws_efs_mount_target":               {name: "file_system_id", subnets: "subnet_id", groups: "security_groups", address: "ip_address"},
	"aws_s3files_mount_target":           {name: "file_system_id", subnets: "subnet_id", groups: "security_groups"},
	"aws_fsx_file_cache":                 {subnets: "subnet_ids", groups: "security_group_ids"},
	"aws_fsx_lustre_file_system":         {subnets: "subnet_ids", groups: "security_group_ids"},
	"aws_fsx_ontap_file_system":          {subnets: "subnet_ids", groups: "security_group_ids"},
	"aws_fsx_openzfs_file_system":        {subnets: "subnet_ids", groups: "security_group_ids"},
	"aws_fsx_windows_file_system":        {subnets: "subnet_ids", groups: "security_group_ids"},
	"aws_datasync_agent":                 {subnets: "subnet_arns", groups: "security_group_arns", outside: true},
	"aws_datasync_location_efs":          {subnets: "ec2_config.subnet_arn", groups: "ec2_config.security_group_arns", outside: true},
	"aws_m2_environment":                 {subnets: "subnet_ids", groups: "security_group_ids"},
	"aws_directory_service_directory":    {subnets: "vpc_settings.subnet_ids connect_settings.subnet_ids", own: "security_group_id"},
	"aws_workspaces_directory":           {name: "directory_name", subnets: "subnet_ids", groups: "workspace_creation_properties.custom_security_group_id", own: "workspace_security_group_id"},
	"aws_workspacesweb_network_settings": {subnets: "subnet_ids", groups: "security_group_ids"},
	"aws_cloudhsm_v2_hsm":                {name: "hsm_id", subnets: "subnet_id", own: "cluster_id", address: "ip_address"},

	"aws_batch_compute_environment":                 {name: "compute_environment_name", subnets: "compute_resources.subnets", groups: "compute_resources.security_group_ids", outside: true},
	"aws_codebuild_project":                         {subnets: "vpc_config.subnets", groups: "vpc_config.security_group_ids", outside: true},
	"aws_codebuild_fleet":                           {subnets: "vpc_config.subnets", groups: "vpc_config.security_group_ids", outside: true},
	"aws_codeconnections_host":                      {subnets: "vpc_configuration.subnet_ids", groups: "vpc_configuration.security_group_ids", outside: true},
	"aws_codestarconnections_host":                  {subnets: "vpc_configuration.subnet_ids", groups: "vpc_configuration.security_group_ids", outside: true},
	"aws_devicefarm_test_grid_project":              {subnets: "vpc_config.subnet_ids", groups: "vpc_config.security_group_ids", outside: true},
	"aws_imagebuilder_infrastructure_configuration": {subnets: "subnet_id", groups: "security_group_ids", outside: true},
	"aws_cloud9_environment_ec2":                    {subnets: "subnet_id", own: "id"},
	"aws_apprunner_vpc_connector":                   {name: "vpc_connector_name", subnets: "subnets", groups: "security_groups"},
	"aws_apigatewayv2_vpc_link":                     {subnets: "subnet_ids", groups: "security_group_ids"},
	"aws_appstream_fleet":                           {subnets: "vpc_config.subnet_ids", groups: "vpc_config.security_group_ids", outside: true},
	"aws_appstream_image_builder":                   {subnets: "vpc_config.subnet_ids", groups: "vpc_config.security_group_ids", outside: true},
	"aws_synthetics_canary":                         {subnets: "vpc_config.subnet_ids", groups: "vpc_config.security_group_ids", outside: true},
	"aws_mwaa_environment":                          {subnets: "network_configuration.subnet_ids", groups: "network_configuration.security_group_ids"},
	"aws_grafana_workspace":                         {subnets: "vpc_configuration.subnet_ids", groups: "vpc_configuration.security_group_ids", outside: true},
	"aws_prometheus_scraper":                        {name: "alias", subnets: "source.eks.subnet_ids source.vpc.subnet_ids", groups: "source.eks.security_group_ids source.vpc.security_group_ids"},
	"aws_quicksight_vpc_connection":                 {subnets: "subnet_ids", groups: "security_group_ids"},
	"aws_transfer_server":                           {subnets: "endpoint_details.subnet_ids", groups: "endpoint_details.security_group_ids", outside: true, public: "endpoint_details.address_allocation_ids"},
	"aws_transfer_web_app":                          {subnets: "endpoint_details.vpc.subnet_ids", groups: "endpoint_details.vpc.security_group_ids", outside: true},
	"aws_medialive_channel":                         {subnets: "vpc.subnet_ids", groups: "vpc.security_group_ids", outside: true},
	"aws_medialive_input":                           {subnets: "vpc.subnet_ids", groups: "vpc.security_group_ids", outside: true},
	"aws_iot_topic_rule_destination":                {subnets: "vpc_configuration.subnet_ids", groups: "vpc_configuration.security_groups"},
	"aws_ec2_instance_connect_endpoint":             {subnets: "subnet_id", groups: "security_group_ids", typ: "ec2_instance_connect_endpoint"},
	"aws_vpclattice_resource_gateway":               {subnets: "subnet_ids", groups: "security_group_ids"},
	"aws_opsworks_instance":                         {name: "hostname", subnets: "subnet_id", groups: "security_group_ids"},

	"aws_glue_connection":                {subnets: "physical_connection_requirements.subnet_id", groups: "physical_connection_requirements.security_group_id_list", outside: true},
	"aws_glue_dev_endpoint":              {subnets: "subnet_id", groups: "security_group_ids", outside: true},
	"aws_emr_studio":                     {subnets: "subnet_ids", groups: "workspace_security_group_id"},
	"aws_emrserverless_application":      {subnets: "network_configuration.subnet_ids", groups: "network_configuration.security_group_ids", outside: true},
	"aws_kinesisanalyticsv2_application": {subnets: "application_configuration.vpc_configuration.subnet_ids", groups: "application_configuration.vpc_configuration.security_group_ids", outside: true},
	"aws_kinesis_firehose_delivery_stream": {outside: true,
		subnets: "elasticsearch_configuration.vpc_config.subnet_ids opensearch_configuration.vpc_config.subnet_ids opensearchserverless_configuration.vpc_config.subnet_ids",
		groups:  "elasticsearch_configuration.vpc_config.security_group_ids opensearch_configuration.vpc_config.security_group_ids opensearchserverless_configuration.vpc_config.security_group_ids"},
	"aws_pipes_pipe": {outside: true,
		subnets: "source_parameters.self_managed_kafka_parameters.vpc.subnets target_parameters.ecs_task_parameters.network_configuration.aws_vpc_configuration.subnets",
		groups:  "source_parameters.self_managed_kafka_parameters.vpc.security_groups target_parameters.ecs_task_parameters.network_configuration.aws_vpc_configuration.security_groups"},
	"aws_cloudwatch_event_target": {name: "rule", subnets: "ecs_target.network_configuration.subnets", groups: "ecs_target.network_configuration.security_groups", outside: true,
		public: "ecs_target.network_configuration.assign_public_ip"},
	"aws_scheduler_schedule": {subnets: "target.ecs_parameters.network_configuration.subnets", groups: "target.ecs_parameters.network_configuration.security_groups", outside: true,
		public: "target.ecs_parameters.network_configuration.assign_public_ip"},
	"aws_ecs_capacity_provider": {outside: true, subnets: "managed_instances_provider.instance_launch_template.network_configuration.subnets",
		groups: "managed_instances_provider.instance_launch_template.network_configuration.security_groups"},

	"aws_bedrock_custom_model":                  {name: "custom_model_name", subnets: "vpc_config.subnet_ids", groups: "vpc_config.security_group_ids", outside: true},
	"aws_bedrockagentcore_agent_runtime":        {name: "agent_runtime_name", subnets: "network_configuration.network_mode_config.subnets", groups: "network_configuration.network_mode_config.security_groups", outside: true},
	"aws_bedrockagentcore_browser":              {subnets: "network_configuration.vpc_config.subnets", groups: "network_configuration.vpc_config.security_groups", outside: true},
	"aws_bedrockagentcore_code_interpreter":     {subnets: "network_configuration.vpc_config.subnets", groups: "network_configuration.vpc_config.security_groups", outside: true},
	"aws_comprehend_document_classifier":        {subnets: "vpc_config.subnets", groups: "vpc_config.security_group_ids", outside: true},
	"aws_comprehend_entity_recognizer":          {subnets: "vpc_config.subnets", groups: "vpc_config.security_group_ids", outside: true},
	"aws_sagemaker_model":                       {subnets: "vpc_config.subnets", groups: "vpc_config.security_group_ids", outside: true},
	"aws_sagemaker_training_job":                {name: "training_job_name", subnets: "vpc_config.subnets", groups: "vpc_config.security_group_ids", outside: true},
	"aws_sagemaker_workforce":                   {name: "workforce_name", subnets: "workforce_vpc_config.subnets", groups: "workforce_vpc_config.security_group_ids", outside: true},
	"aws_sagemaker_notebook_instance":           {subnets: "subnet_id", groups: "security_groups", outside: true},
	"aws_sagemaker_domain":                      {name: "domain_name", subnets: "subnet_ids", groups: "default_user_settings.security_groups default_space_settings.security_groups"},
	"aws_sagemaker_data_quality_job_definition": {subnets: "network_config.vpc_config.subnets", groups: "network_config.vpc_config.security_group_ids", outside: true},
	"aws_sagemaker_monitoring_schedule": {outside: true, subnets: "monitoring_schedule_config.monitoring_job_definition.network_config.vpc_config.subnets",
		groups: "monitoring_schedule_config.monitoring_job_definition.network_config.vpc_config.security_group_ids"},
	"aws_sagemaker_hyper_parameter_tuning_job": {outside: true, name: "hyper_parameter_tuning_job_name",
		subnets: "training_job_definition.vpc_config.subnets training_job_definitions.vpc_config.subnets",
		groups:  "training_job_definition.vpc_config.security_group_ids training_job_definitions.vpc_config.security_group_ids"},
	"aws_sagemaker_labeling_job": {outside: true, name: "labeling_job_name", subnets: "labeling_job_algorithms_config.labeling_job_resource_config.vpc_config.subnets",
		groups: "labeling_job_algorithms_config.labeling_job_resource_config.vpc_config.security_group_ids"},
}

// subnetGroups are the resource types that name subnets for others.
var subnetGroups = []string{
	"aws_db_subnet_group", "aws_docdb_subnet_group", "aws_neptune_subnet_group", "aws_elasticache_subnet_group", "aws_memorydb_subnet_group", "aws_redshift_subnet_group",
	"aws_dax_subnet_group", "aws_dms_replication_subnet_group",
}
