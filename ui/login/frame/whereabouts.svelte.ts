/** What the thing is called whose page or panel is open: whoever shows it tells, the breadcrumb says it. */

class Whereabouts {
  /** "" while nothing with a name of its own is open. */
  objectName = $state("");

  /** Tells the name; call what comes back when the page goes. A later page's name stays. */
  tell(name: string): () => void {
    this.objectName = name;
    return () => {
      if (this.objectName === name) this.objectName = "";
    };
  }
}

/** The page's one. */
export const whereabouts = new Whereabouts();
