/* helm_charts: `helmCharts`, rendered by render/helm. */
#ifndef RENDER_KUSTOMIZE_HELM_CHARTS_H
#define RENDER_KUSTOMIZE_HELM_CHARTS_H

#include "render/kustomize/loader.h"
#include "render/kustomize/resmap.h"

enum chart_source {
    CHART_OF_FIELD,     /* helmCharts */
    CHART_OF_INFLATION, /* helmChartInflationGenerator */
    CHART_OF_PLUGIN,    /* a generator's configuration */
};

/*
 * One chart. `globals` are helmGlobals or ABSENT; `namespace` is the kustomization's, for charts
 * that name none. ERROR_INPUT (E_HELM) unless --enable-helm is given; ERROR_UNSUPPORTED (E_REMOTE)
 * for charts that are not in the repository.
 */
bool kust_helm_chart(struct build *build, const struct loader *loader, enum chart_source source,
                     value chart, value globals, str namespace, struct selection *generated,
                     struct error *err) MUST_USE;

#endif
