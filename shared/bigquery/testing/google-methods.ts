// Google's own list: the discovery document of BigQuery v2, revision 20260314. Id, HTTP method, path, flat path (parameters unnamed), query parameters.
export const googleMethods = `
bigquery.datasets.delete DELETE projects/{+projectId}/datasets/{+datasetId} projects/{}/datasets/{} deleteContents
bigquery.datasets.get GET projects/{+projectId}/datasets/{+datasetId} projects/{}/datasets/{} accessPolicyVersion,datasetView
bigquery.datasets.insert POST projects/{+projectId}/datasets projects/{}/datasets accessPolicyVersion
bigquery.datasets.list GET projects/{+projectId}/datasets projects/{}/datasets all,filter,maxResults,pageToken
bigquery.datasets.patch PATCH projects/{+projectId}/datasets/{+datasetId} projects/{}/datasets/{} accessPolicyVersion,updateMode
bigquery.datasets.undelete POST projects/{+projectId}/datasets/{+datasetId}:undelete projects/{}/datasets/{}:undelete
bigquery.datasets.update PUT projects/{+projectId}/datasets/{+datasetId} projects/{}/datasets/{} accessPolicyVersion,updateMode
bigquery.jobs.cancel POST projects/{+projectId}/jobs/{+jobId}/cancel projects/{}/jobs/{}/cancel location
bigquery.jobs.delete DELETE projects/{+projectId}/jobs/{+jobId}/delete projects/{}/jobs/{}/delete location
bigquery.jobs.get GET projects/{+projectId}/jobs/{+jobId} projects/{}/jobs/{} location
bigquery.jobs.getQueryResults GET projects/{+projectId}/queries/{+jobId} projects/{}/queries/{} formatOptions.timestampOutputFormat,formatOptions.useInt64Timestamp,location,maxResults,pageToken,startIndex,timeoutMs
bigquery.jobs.insert POST projects/{+projectId}/jobs projects/{}/jobs
bigquery.jobs.list GET projects/{+projectId}/jobs projects/{}/jobs allUsers,maxCreationTime,maxResults,minCreationTime,pageToken,parentJobId,projection,stateFilter
bigquery.jobs.query POST projects/{+projectId}/queries projects/{}/queries
bigquery.models.delete DELETE projects/{+projectId}/datasets/{+datasetId}/models/{+modelId} projects/{}/datasets/{}/models/{}
bigquery.models.get GET projects/{+projectId}/datasets/{+datasetId}/models/{+modelId} projects/{}/datasets/{}/models/{}
bigquery.models.list GET projects/{+projectId}/datasets/{+datasetId}/models projects/{}/datasets/{}/models maxResults,pageToken
bigquery.models.patch PATCH projects/{+projectId}/datasets/{+datasetId}/models/{+modelId} projects/{}/datasets/{}/models/{}
bigquery.projects.getServiceAccount GET projects/{+projectId}/serviceAccount projects/{}/serviceAccount
bigquery.projects.list GET projects projects maxResults,pageToken
bigquery.routines.delete DELETE projects/{+projectId}/datasets/{+datasetId}/routines/{+routineId} projects/{}/datasets/{}/routines/{}
bigquery.routines.get GET projects/{+projectId}/datasets/{+datasetId}/routines/{+routineId} projects/{}/datasets/{}/routines/{} readMask
bigquery.routines.getIamPolicy POST {+resource}:getIamPolicy projects/{}/datasets/{}/routines/{}:getIamPolicy
bigquery.routines.insert POST projects/{+projectId}/datasets/{+datasetId}/routines projects/{}/datasets/{}/routines
bigquery.routines.list GET projects/{+projectId}/datasets/{+datasetId}/routines projects/{}/datasets/{}/routines filter,maxResults,pageToken,readMask
bigquery.routines.setIamPolicy POST {+resource}:setIamPolicy projects/{}/datasets/{}/routines/{}:setIamPolicy
bigquery.routines.testIamPermissions POST {+resource}:testIamPermissions projects/{}/datasets/{}/routines/{}:testIamPermissions
bigquery.routines.update PUT projects/{+projectId}/datasets/{+datasetId}/routines/{+routineId} projects/{}/datasets/{}/routines/{}
bigquery.rowAccessPolicies.batchDelete POST projects/{+projectId}/datasets/{+datasetId}/tables/{+tableId}/rowAccessPolicies:batchDelete projects/{}/datasets/{}/tables/{}/rowAccessPolicies:batchDelete
bigquery.rowAccessPolicies.delete DELETE projects/{+projectId}/datasets/{+datasetId}/tables/{+tableId}/rowAccessPolicies/{+policyId} projects/{}/datasets/{}/tables/{}/rowAccessPolicies/{} force
bigquery.rowAccessPolicies.get GET projects/{+projectId}/datasets/{+datasetId}/tables/{+tableId}/rowAccessPolicies/{+policyId} projects/{}/datasets/{}/tables/{}/rowAccessPolicies/{}
bigquery.rowAccessPolicies.getIamPolicy POST {+resource}:getIamPolicy projects/{}/datasets/{}/tables/{}/rowAccessPolicies/{}:getIamPolicy
bigquery.rowAccessPolicies.insert POST projects/{+projectId}/datasets/{+datasetId}/tables/{+tableId}/rowAccessPolicies projects/{}/datasets/{}/tables/{}/rowAccessPolicies
bigquery.rowAccessPolicies.list GET projects/{+projectId}/datasets/{+datasetId}/tables/{+tableId}/rowAccessPolicies projects/{}/datasets/{}/tables/{}/rowAccessPolicies pageSize,pageToken
bigquery.rowAccessPolicies.testIamPermissions POST {+resource}:testIamPermissions projects/{}/datasets/{}/tables/{}/rowAccessPolicies/{}:testIamPermissions
bigquery.rowAccessPolicies.update PUT projects/{+projectId}/datasets/{+datasetId}/tables/{+tableId}/rowAccessPolicies/{+policyId} projects/{}/datasets/{}/tables/{}/rowAccessPolicies/{}
bigquery.tabledata.insertAll POST projects/{+projectId}/datasets/{+datasetId}/tables/{+tableId}/insertAll projects/{}/datasets/{}/tables/{}/insertAll
bigquery.tabledata.list GET projects/{+projectId}/datasets/{+datasetId}/tables/{+tableId}/data projects/{}/datasets/{}/tables/{}/data formatOptions.timestampOutputFormat,formatOptions.useInt64Timestamp,maxResults,pageToken,selectedFields,startIndex
bigquery.tables.delete DELETE projects/{+projectId}/datasets/{+datasetId}/tables/{+tableId} projects/{}/datasets/{}/tables/{}
bigquery.tables.get GET projects/{+projectId}/datasets/{+datasetId}/tables/{+tableId} projects/{}/datasets/{}/tables/{} selectedFields,view
bigquery.tables.getIamPolicy POST {+resource}:getIamPolicy projects/{}/datasets/{}/tables/{}:getIamPolicy
bigquery.tables.insert POST projects/{+projectId}/datasets/{+datasetId}/tables projects/{}/datasets/{}/tables
bigquery.tables.list GET projects/{+projectId}/datasets/{+datasetId}/tables projects/{}/datasets/{}/tables maxResults,pageToken
bigquery.tables.patch PATCH projects/{+projectId}/datasets/{+datasetId}/tables/{+tableId} projects/{}/datasets/{}/tables/{} autodetect_schema
bigquery.tables.setIamPolicy POST {+resource}:setIamPolicy projects/{}/datasets/{}/tables/{}:setIamPolicy
bigquery.tables.testIamPermissions POST {+resource}:testIamPermissions projects/{}/datasets/{}/tables/{}:testIamPermissions
bigquery.tables.update PUT projects/{+projectId}/datasets/{+datasetId}/tables/{+tableId} projects/{}/datasets/{}/tables/{} autodetect_schema
`;
