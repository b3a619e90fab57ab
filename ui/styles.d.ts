/** Vite takes a style sheet that is imported for its effect into the page's own. */
declare module "*.css";
