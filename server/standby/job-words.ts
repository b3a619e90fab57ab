/** Words by which the serving process starts its own program for a standby's sake; not commands of people's. */
export const BASE_FILE_WORD = "read-for-standby";
export const STANDBY_JOB_WORD = "standby-job";
